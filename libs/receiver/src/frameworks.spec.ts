import { request } from 'node:http';
import { BadRequestException } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPRESS } from './fixtures/express.fixture.js';
import { FASTIFY } from './fixtures/fastify.fixture.js';
import { HONO } from './fixtures/hono.fixture.js';
import { NEST } from './fixtures/nest.fixture.js';
import { NEXT } from './fixtures/next.fixture.js';
import { NODE } from './fixtures/node.fixture.js';
import type { Given, Running, Setup } from './fixtures/setup.fixture.js';
import { SECRET, signed, VECTORS, type Vector } from './fixtures/signed.fixture.js';
import { createReceiver, Refused, RetryLater } from './index.js';

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

    it.each(vectors.filter(verifies).slice(0, 1))(
      'refuses $name that another secret signed',
      async (vector) => {
        const headers = signed(vector.body, { keys: [Buffer.alloc(32, 9)] });
        const { status, body } = await post(server.url, vector, headers);
        expect({ status, code: body.code }).toEqual({ status: 401, code: 'SIGNATURE_WRONG' });
      },
    );
  });
});

/** The first setup of each that verifies. */
const PLAIN = FRAMEWORKS.map(
  ([name, setups]) => [name, setups.find((one) => one.expected === 'verified')!] as const,
);

describe.each(PLAIN)('%s answers', (_, { start }) => {
  const BODY = Buffer.from('{"n":1}');
  let server: Running;
  let calls = 0;
  /** Of the calls that began and did not end by themselves: why they were aborted. */
  const reasons = new Map<string, Promise<unknown>>();
  let begun = () => undefined as void;
  beforeAll(async () => {
    server = await start(
      given('capability', (bytes, { id, signal }) => {
        calls += 1;
        if (id.startsWith('later')) throw new RetryLater(30_000);
        if (id.startsWith('refused')) throw new Refused('SOLD_OUT', 'No seats are left.');
        if (id.startsWith('failing')) throw new Error('password 1234');
        if (!id.startsWith('slow')) return { length: bytes.length };
        const aborted = new Promise((resolve) => {
          if (signal.aborted) resolve(signal.reason);
          signal.addEventListener('abort', () => resolve(signal.reason));
        });
        reasons.set(id, aborted);
        begun();
        return aborted;
      }),
    );
  });
  afterAll(() => server.stop());
  const send = (id: string, headers: object = {}) =>
    post(server.url, { body: BODY }, { ...signed(BODY, { id }), ...headers });

  it('with what the handler returns, and again for a duplicate without calling it', async () => {
    calls = 0;
    const first = await send('one');
    expect(first).toMatchObject({ status: 200, body: { success: true, data: { length: 7 } } });
    expect(first.headers['content-type']).toMatch(/^application\/json/);
    expect((await send('one')).body).toEqual(first.body);
    expect(calls).toBe(1);
  });

  it('with a refusal, Retry-After or nothing but a status', async () => {
    expect(await send('refused')).toMatchObject({
      status: 200,
      body: { success: false, error: { code: 'SOLD_OUT' } },
    });
    expect(await send('later')).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    const failed = await send('failing');
    expect(failed).toMatchObject({ status: 500, body: { code: 'HANDLER_FAILED' } });
    expect(JSON.stringify(failed)).not.toContain('1234');
  });

  it('at the deadline of the caller, and aborts the handler', async () => {
    // A busy machine may need longer than this to begin.
    for (let ms = 50; reasons.size === 0; ms *= 2) {
      expect(await send(`slow-${ms}`, { 'x-timeout-ms': String(ms) })).toMatchObject({
        status: 503,
        body: { code: 'DEADLINE_OVER' },
      });
    }
    expect(await [...reasons.values()][0]).toMatchObject({ name: 'TimeoutError' });
  });

  it('nobody when the caller disconnects, and aborts the handler', async () => {
    const started = new Promise<void>((resolve) => (begun = resolve));
    const headers = {
      ...signed(BODY, { id: 'slow-gone' }),
      'content-length': '7',
      'content-type': 'application/json',
    };
    const call = request(server.url, { method: 'POST', headers }).on('error', () => undefined);
    call.end(BODY);
    await started;
    call.destroy();
    expect(await reasons.get('slow-gone')).toMatchObject({ name: 'AbortError' });
  });

  it('413 to a body that is too long, or its framework does', async () => {
    const body = Buffer.alloc(1_048_577, 0x20);
    expect(await post(server.url, { body }, signed(body))).toMatchObject({ status: 413 });
  });
});

describe('an exception of Nest', () => {
  it('keeps its status, so that a 4xx ends the delivery', async () => {
    const handler = () => {
      throw new BadRequestException('An order has an id.');
    };
    const server = await NEST[0]!.start(given('event', handler));
    const body = Buffer.from('{}');
    const answered = await post(server.url, { body }, signed(body)).finally(() => server.stop());
    expect(answered).toMatchObject({
      status: 400,
      body: { code: 'HANDLER_REFUSED', message: 'An order has an id.' },
    });
  });
});
