import { describe, expect, it } from 'vitest';
import { PAYLOAD_MAX_BYTES } from '../checks/bodies.js';
import { payloadProblem } from './payload-problem.js';

const nested = (depth: number): unknown =>
  JSON.parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`) as unknown;
const long = (bytes: number): object => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });

describe('a payload', () => {
  it.each<[string, unknown]>([
    ['a small one', { total: 12 }],
    ['the largest', long(PAYLOAD_MAX_BYTES)],
    ['a deep one', nested(60)],
  ])('is taken: %s', (_, payload) => {
    expect(payloadProblem(payload)).toBeNull();
  });

  it.each<[string, unknown, RegExp]>([
    [
      'one byte too large',
      long(PAYLOAD_MAX_BYTES + 1),
      /^payload has 524289 bytes as JSON and may have 524288; /,
    ],
    ['nested too deep', nested(70), /^payload is nested deeper than 64; /],
    ['nested deeper than any stack', nested(100_000), /^payload is nested deeper than 64; /],
    [
      'of too many items',
      { list: Array.from({ length: 10_001 }, () => 0) },
      /more than 10000 keys and items; /,
    ],
  ])('is refused: %s', (_, payload, message) => {
    expect(payloadProblem(payload)?.message).toMatch(message);
  });
});
