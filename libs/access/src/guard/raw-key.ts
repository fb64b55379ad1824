type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The key of a request, from `Authorization: Bearer …` or `X-Api-Key: …`; null without one. */
export function rawKeyOf(headers: Headers): string | null {
  const { authorization, 'x-api-key': apiKey } = headers;
  const bearer =
    typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
  return bearer ?? (typeof apiKey === 'string' ? apiKey.trim() : null);
}
