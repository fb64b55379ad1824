/** The byte strings of a batch as three parameters; null stays null. */
export interface Packed {
  /** All of them, concatenated. */
  bytes: Buffer;
  /** Where each begins; the first byte is 1, as in `substring(bytes FROM start FOR length)`. */
  starts: (number | null)[];
  lengths: (number | null)[];
}

/** A bytea[] is sent as text, each byte as two digits. One bytea is sent as bytes, and PostgreSQL cuts it apart. */
export function pack(parts: readonly (Uint8Array | null)[]): Packed {
  let end = 0;
  const starts = parts.map((part) => {
    if (part === null) return null;
    const start = end + 1;
    end += part.length;
    return start;
  });
  const bytes = Buffer.concat(parts.filter((part) => part !== null));
  return { bytes, starts, lengths: parts.map((part) => part?.length ?? null) };
}
