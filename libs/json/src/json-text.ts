/** A value that is already JSON text; `fillIn` writes it unchanged. */
export class JsonText {
  constructor(readonly text: string) {}
}

/**
 * Serialises a value; members of class `JsonText` are written unchanged.
 * @param mark letters and digits that no sender can guess: placeholders for the parts, which are replaced at the end
 */
export function fillIn(value: unknown, mark: string): string {
  const parts: string[] = [];
  const text = JSON.stringify(value, (_, member: unknown) =>
    member instanceof JsonText ? `${mark}-${parts.push(member.text) - 1}` : member,
  );
  if (parts.length === 0) return text;
  return text.replace(new RegExp(`"${mark}-(\\d+)"`, 'g'), (_, at: string) => parts[Number(at)]!);
}

/** A JSON text without the white space between its parts. */
export function withoutBlanks(text: string): string {
  return text.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+/g, '$1');
}
