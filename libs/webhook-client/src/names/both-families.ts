/**
 * Combines the addresses of a name from its queries for IPv4 and IPv6, in that order: waits for the first family with
 * addresses, then `otherFamilyMs` for the other. Rejects when neither has any, with the reason of the first query.
 */
export function bothFamilies(
  questions: readonly Promise<string[]>[],
  otherFamilyMs: number,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const found: string[][] = questions.map(() => []);
    const reasons: Error[] = [];
    let open = questions.length;
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(timer);
      const addresses = found.flat();
      if (addresses.length > 0) resolve(addresses);
      else reject(reasons.find(Boolean)!);
    };
    const settled = (place: number): void => {
      open -= 1;
      if (open === 0) end();
      else if (found[place]!.length > 0) timer = setTimeout(end, otherFamilyMs);
    };
    const answered = (place: number, addresses: string[]): void => {
      found[place] = addresses;
      settled(place);
    };
    const failed = (place: number, reason: Error): void => {
      reasons[place] = reason;
      settled(place);
    };
    for (const [place, question] of questions.entries()) {
      question.then(
        (addresses) => answered(place, addresses),
        (reason: Error) => failed(place, reason),
      );
    }
  });
}
