/** Bytes of the largest payload that is delivered. */
export const LARGEST_BYTES = 1_048_576;

/** Most bytes of a payload that a run takes: the members that checks add need room. */
export const PAYLOAD_MAX_BYTES = 512 * 1024;

/** The member that checks add to a payload. */
const MEMBER = 'breakwaterConformance';

/** An event type that nobody has. */
const UNKNOWN_TYPE = 'breakwater.conformance.unknown';

/** The payload of a run in all forms in which it is sent. */
export interface Bodies {
  plain: Buffer;
  /** Equal JSON with other white space. */
  spaced: Buffer;
  /** With one more member. */
  extended: Buffer;
  /** With one more member, whose characters need two, three and four bytes. */
  nonAscii: Buffer;
  /** With another `type`. */
  unknownType: Buffer;
  /** No JSON: its first half. */
  broken: Buffer;
  /** With one more member that makes it `LARGEST_BYTES` long. */
  large: Buffer;
}

/** @param payload at most {@link PAYLOAD_MAX_BYTES} as JSON */
export function bodiesOf(payload: Readonly<Record<string, unknown>>): Bodies {
  const plain = bufferOf(payload);
  const almost = bufferOf({ ...payload, [MEMBER]: '' });
  return {
    plain,
    spaced: Buffer.from(` ${JSON.stringify(payload, null, '\t')}\r\n`),
    extended: bufferOf({ ...payload, [MEMBER]: { added: [1, null, true] } }),
    nonAscii: bufferOf({ ...payload, [MEMBER]: 'größer, 漢字, \u{1f30a}, \u2028' }),
    unknownType: bufferOf({ ...payload, type: UNKNOWN_TYPE }),
    broken: Buffer.from('{"breakwaterConformance":'),
    large: bufferOf({ ...payload, [MEMBER]: 'x'.repeat(LARGEST_BYTES - almost.length) }),
  };
}

/** The payload of a run whose caller gives none. */
export function samplePayload(type: string): Record<string, unknown> {
  return { type, test: true };
}

function bufferOf(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
