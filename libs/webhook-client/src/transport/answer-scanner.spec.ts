import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerScanner, CHUNKS_MAX, HEAD_MAX_BYTES, HEAD_MAX_LINES, INTERIM_MAX } from './answer-scanner.js';

const ok = 'HTTP/1.1 200 OK\r\n';
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;
const interim = 'HTTP/1.1 100 Continue\r\nx: y\r\n\r\n';

/** The bytes that are passed on of an answer that comes in pieces of `size` bytes. */
function scan(answer: string | Buffer, size = Number.POSITIVE_INFINITY) {
  const scanner = new AnswerScanner();
  scanner.begin();
  const bytes = Buffer.isBuffer(answer) ? answer : Buffer.from(answer, 'latin1');
  const passed: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    // One buffer for all pieces, as a socket may have it.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    passed.push(Buffer.from(scanner.take(piece)));
    piece.fill(0);
  }
  return {
    passed: Buffer.concat(passed).toString('latin1'),
    breach: scanner.breach?.code ?? null,
    bytes: scanner.bytes,
  };
}

describe('an answer within the limits', () => {
  it.each([
    ['with a length', `${ok}content-length: 2\r\n\r\n{}`],
    ['until the end', `${ok}\r\nall of this\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n`],
    ['in chunks', `${chunked}2;a=b\r\n{}\r\n5\r\n1\r\n2\n\r\n0\r\nt: 1\r\n\r\n`],
    ['in malformed chunks', `${chunked}zz\r\nHTTP/1.1 100 Continue\r\n\r\n`],
    ['that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n'],
    ['with a status of four digits', 'HTTP/1.1 1000 High\r\ncontent-length: 0\r\n\r\n'],
    ['after empty lines', `\r\n\n${ok}content-length: 0\r\n\r\n`],
    ['with as many lines as allowed', `${ok}${'a:b\r\n'.repeat(HEAD_MAX_LINES - 1)}\r\n`],
    ['with as many chunks as allowed', `${chunked}${'1\r\na\r\n'.repeat(CHUNKS_MAX - 1)}0\r\n\r\n`],
  ])('%s passes unchanged', (_, answer) => {
    expect(scan(answer)).toEqual({ passed: answer, breach: null, bytes: answer.length });
    if (answer.length > 10_000) return;
    for (const size of [1, 2, 3, 7]) {
      expect(scan(answer, size)).toEqual({ passed: answer, breach: null, bytes: answer.length });
    }
  });

  it('passes without its interim answers', () => {
    const answer = `${ok}content-length: 2\r\n\r\n{}`;
    for (const size of [1, 5, 13, 40, 1000]) {
      const found = scan(`${interim}HTTP/1.0 103 Early\r\n\r\n${answer}`, size);
      expect(found).toMatchObject({ passed: answer, breach: null });
    }
  });

  it('is counted anew for each request', () => {
    const scanner = new AnswerScanner();
    for (let n = 0; n < 3 * INTERIM_MAX; n++) {
      scanner.begin();
      expect(scanner.bytes).toBe(0);
      const answer = Buffer.from(`${interim}${ok}content-length: 0\r\n\r\n`);
      expect(scanner.take(answer).toString()).toBe(`${ok}content-length: 0\r\n\r\n`);
      expect(scanner.breach).toBeNull();
    }
  });
});

describe('an answer beyond the limits', () => {
  it.each([
    ['a long header', 'HEAD_TOO_LONG', `${ok}x: ${'a'.repeat(HEAD_MAX_BYTES)}`],
    ['a long status line', 'HEAD_TOO_LONG', `HTTP/1.1 200 ${'a'.repeat(HEAD_MAX_BYTES)}`],
    ['endless empty lines', 'HEAD_TOO_LONG', '\r\n'.repeat(HEAD_MAX_BYTES)],
    ['64,000 tiny headers', 'HEAD_TOO_MANY_LINES', `${ok}${'a:\r\n'.repeat(64_000)}\r\n`],
    ['a long interim answer', 'HEAD_TOO_LONG', `HTTP/1.1 103 Early\r\nx: ${'a'.repeat(HEAD_MAX_BYTES)}`],
    ['many interim answers', 'INTERIM_FLOOD', interim.repeat(INTERIM_MAX + 1)],
    ['many headers over interim answers', 'HEAD_TOO_MANY_LINES', `HTTP/1.1 103 E\r\n${'a:\r\n'.repeat(300)}`],
    ['another protocol', 'UPGRADE', 'HTTP/1.1 101 Up\r\n\r\n'],
    ['many trailers', 'HEAD_TOO_MANY_LINES', `${chunked}0\r\n${'a:\r\n'.repeat(64_000)}\r\n`],
    ['a long trailer', 'HEAD_TOO_LONG', `${chunked}0\r\na: ${'a'.repeat(HEAD_MAX_BYTES)}`],
    ['a long chunk extension', 'HEAD_TOO_LONG', `${chunked}1;${'a'.repeat(HEAD_MAX_BYTES + 100)}`],
    ['many chunk extensions', 'HEAD_TOO_LONG', `${chunked}${`1;${'e'.repeat(100)}\r\na\r\n`.repeat(1000)}`],
    ['many chunks', 'TOO_MANY_CHUNKS', `${chunked}${'1\r\na\r\n'.repeat(CHUNKS_MAX + 1)}`],
  ])('with %s is a breach, in whatever pieces it comes', (_, code, answer) => {
    for (const size of [1, 100, 65_536, Number.POSITIVE_INFINITY]) {
      const found = scan(answer, size);
      expect([size, found.breach]).toEqual([size, code]);
      expect(answer.startsWith(found.passed)).toBe(true);
      expect(found.passed.length).toBeLessThan(answer.length);
    }
  });

  it('passes its status line to the parser when the breach is in its body', () => {
    expect(scan(`${chunked}0\r\n${'a:\r\n'.repeat(64_000)}\r\n`).passed).toContain(chunked);
  });
});

it('for every sequence of bytes, the size of the pieces changes nothing', () => {
  const part = fc.oneof(
    fc.constantFrom(
      interim,
      ok,
      chunked,
      '\r\n',
      '1\r\na\r\n',
      '0\r\n',
      'HTTP/1.1 ',
      'HTTP/1.1 1',
      '\n',
      'a: b\r\n',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 30 }), (parts, size) => {
      const answer = parts.join('');
      const [whole, cut] = [scan(answer), scan(answer, size)];
      expect(cut).toEqual(whole);
    }),
    { numRuns: 2000 },
  );
});
