import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPRESS } from './fixtures/express.fixture.js';
import { FASTIFY } from './fixtures/fastify.fixture.js';
import { HONO } from './fixtures/hono.fixture.js';
import { NEST } from './fixtures/nest.fixture.js';
import { NEXT } from './fixtures/next.fixture.js';
import { NODE } from './fixtures/node.fixture.js';
import type { Given, Running, Setup } from './fixtures/setup.fixture.js';
import { SECRET, signed, VECTORS, type Vector } from './fixtures/signed.fixture.js';
import { createReceiver } from './index.js';

const FRAMEWORKS: [string, readonly Setup[]][] = [
  ['node:http', NODE],
  ['Express', EXPRESS],
  ['Fastify', FASTIFY],
  ['Nest', NEST],
  ['Next', NEXT],
  ['Hono', HONO],
];

interface Answered {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: { code?: string; message?: string };
}

/** Sends the bytes as they are, in one piece or in chunks. */
async function post(
  url: string,
  { body, isChunked }: Pick<Vector, 'body' | 'isChunked'>,
  headers: object,
): Promise<Answered> {
  const length = isChunked ? {} : { 'content-length': String(body.length) };
  const all = { 'content-type': 'application/json', ...length, ...headers };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers: all }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode!, headers: response.headers, body: JSON.parse(text) });
    });
    call.once('error', reject).end(body);
  });
}

function given(kind: Given['kind'], handler: Given['handler']): Given {
  const receiver = createReceiver({ secrets: SECRET, onProblem: () => undefined });
  const read = (bytes: Uint8Array) => bytes;
  const webhook =
    kind === 'event' ? receiver.event(handler, { read }) : receiver.capability(handler, { read });
  return { receiver, kind, handler, webhook };
}

/** Whether a text holds them, so that the same bytes come out of it. */
const fitsText = (body: Buffer, ignoreBOM = false) =>
  Buffer.from(new TextDecoder('utf-8', { ignoreBOM }).decode(body)).equals(body);

describe.each(FRAMEWORKS)('%s', (_, setups) => {
  describe.each(setups)('with $name', ({ start, expected, keepsMark, parsesJson, line }) => {
    const seen: Buffer[] = [];
    let server: Running;
    beforeAll(async () => {
      server = await start(given('event', (bytes) => seen.push(Buffer.from(bytes))));
    });
    afterAll(() => server.stop());

    const vectors = VECTORS.filter(({ isPlain }) => isPlain || !parsesJson);
    const verifies = ({ body }: Vector) =>
      expected === 'verified' || (expected === 'text' && fitsText(body, keepsMark));

    it.each(vectors.filter(verifies))('verifies $name', async (vector) => {
      seen.length = 0;
      expect(await post(server.url, vector, signed(vector.body))).toMatchObject({ status: 200 });
      expect(seen).toEqual([vector.body]);
    });

    it.each(vectors.filter((vector) => !verifies(vector)))(
      'names the line to change for $name',
      async (vector) => {
        const { status, body } = await post(server.url, vector, signed(vector.body));
        expect({ status, code: body.code }).toEqual({ status: 500, code: 'RECEIVER_MISCONFIGURED' });
        expect(body.message).toContain(line);
        expect(body.message).toContain('This is not a wrong signature');
      },
    );

    it.runIf(expected !== 'told')('refuses what another secret signed', async () => {
      const vector = VECTORS[0]!;
      const headers = signed(vector.body, { keys: [Buffer.alloc(32, 9)] });
      const { status, body } = await post(server.url, vector, headers);
      expect({ status, code: body.code }).toEqual({ status: 401, code: 'SIGNATURE_WRONG' });
    });
  });
});
