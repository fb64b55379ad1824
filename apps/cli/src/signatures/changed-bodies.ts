interface ChangedBody {
  bytes: Uint8Array;
  /** What happened to the body, if this is what was signed. */
  message: string;
}

/** What may have been signed in place of these bytes: what files, editors and body parsers do to a body. */
export function changedBodies(body: Uint8Array): ChangedBody[] {
  const text = Buffer.from(body).toString('utf8');
  return [
    ...trimmed(text).map((changed) => ({
      bytes: Buffer.from(changed),
      message:
        'the body has a line break at its end that was not signed: write the file without one, as printf does and echo does not',
    })),
    {
      bytes: Buffer.from(`${text}\n`),
      message: 'a line break at the end of the body was signed and is missing here',
    },
    {
      bytes: Buffer.from(text.replaceAll('\r\n', '\n')),
      message: 'the line breaks of the body were changed to CR LF',
    },
    {
      bytes: Buffer.from(text.replaceAll(/\r?\n/g, '\r\n')),
      message: 'the line breaks CR LF of the body were changed to LF',
    },
    {
      bytes: Buffer.from(text.replace(/^\ufeff/, '')),
      message: 'the body begins with a byte order mark that was not signed',
    },
    ...printedAgain(text),
  ];
}

function trimmed(text: string): string[] {
  const without = text.replace(/\r?\n$/, '');
  return without === text ? [] : [without];
}

/** Other texts of the same JSON. */
function printedAgain(text: string): ChangedBody[] {
  const value = valueOf(text);
  if (value === undefined) return [];
  const message =
    'the JSON of the body was parsed and printed again: verify the bytes as they were received, before any body parser';
  return [
    JSON.stringify(value),
    JSON.stringify(value, null, 2),
    JSON.stringify(value, null, 4),
    spaced(value),
  ].map((printed) => ({ bytes: Buffer.from(printed), message }));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** With spaces behind commas and colons, as Python prints it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`);
  return `{${members.join(', ')}}`;
}
