import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardedHeaders } from './forwarded-headers.js';

type Headers = [string, string][];

const forwarded = (headers: Headers, set: string[] = []): Headers => {
  const flat = forwardedHeaders(headers, new Set(set));
  return flat.flatMap((name, at): Headers => (at % 2 === 0 ? [[name, flat[at + 1]!]] : []));
};

describe('the headers of a forwarded request', () => {
  it('are the original ones in their order, with case and repeats', () => {
    const headers: Headers = [
      ['X-Hub-Signature-256', 'sha256=00'],
      ['x-a', '1'],
      ['X-A', '2'],
      ['webhook-id', 'msg_1'],
      ['webhook-signature', 'v1,xx'],
      ['User-Agent', 'GitHub-Hookshot/1'],
      ['Authorization', 'Basic eA=='],
      ['Content-Encoding', 'gzip'],
      ['Content-Type', 'text/plain; charset=\u00fc'],
      ['traceparent', '00-x'],
    ];
    expect(forwarded(headers)).toEqual(headers);
  });

  it.each([
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Proxy-Authorization',
    'HTTP2-Settings',
    'Forwarded',
    'X-Forwarded-For',
    'X-Real-IP',
    'Via',
    'CF-Connecting-IP',
    'Metadata-Flavor',
    'X-aws-ec2-metadata-token',
    'Breakwater-Signature',
    'breakwater-source',
    'BREAKWATER-ANYTHING',
  ])('are without %s', (name) =>
    expect(
      forwarded([
        [name, 'x'],
        ['a', 'b'],
      ]),
    ).toEqual([['a', 'b']]),
  );

  it('are without those that the connection names', () =>
    expect(
      forwarded([
        ['connection', 'close, X-Hop'],
        ['x-hop', '1'],
        ['x-end', '2'],
      ]),
    ).toEqual([['x-end', '2']]));

  it('are without those that the target sets itself', () =>
    expect(
      forwarded(
        [
          ['X-Team', 'theirs'],
          ['x-other', '1'],
        ],
        ['x-team'],
      ),
    ).toEqual([['x-other', '1']]));

  it('never have a header of ours, whatever is sent', () => {
    const name = fc.constantFrom(
      'breakwater-id',
      'Breakwater-Signature',
      'BREAKWATER-x',
      'connection',
      'x',
      'Host',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (headers) =>
        forwarded(headers).every(([each]) => each === 'x'),
      ),
    );
  });
});
