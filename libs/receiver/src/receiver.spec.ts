import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { receivedCall, type Sent } from './fixtures/received.fixture.js';
import { SECRET } from './fixtures/signed.fixture.js';
import {
  createReceiver,
  memoryStore,
  Refused,
  RetryLater,
  type Call,
  type Problem,
  type Store,
} from './index.js';
import type { ReceiverOptions, Webhook } from './receiver.io.js';

const receiverWith = (options: Partial<ReceiverOptions> = {}) => {
  const problems: Problem[] = [];
  const onProblem = (problem: Problem) => void problems.push(problem);
  return { problems, ...createReceiver({ secrets: SECRET, onProblem, ...options }) };
};

async function send(webhook: Webhook, body: string, sent?: Sent) {
  const reply = await webhook(receivedCall(body, sent));
  return { ...reply, body: JSON.parse(reply.body) as unknown };
}

const failing = (message: string) => () => {
  throw new Error(message);
};

/** A capability that answers when it is told to. */
function waiting() {
  const begun = Promise.withResolvers<Call>();
  const answer = Promise.withResolvers<string>();
  const webhook = receiverWith().capability((_, call) => {
    begun.resolve(call);
    return answer.promise;
  });
  return { webhook, begun: begun.promise, finish: answer.resolve };
}

/** The reply to a call of 5 s, that much later. */
async function afterDeadline<T>(reply: Promise<T>, begun: Promise<Call>): Promise<T> {
  await begun;
  vi.advanceTimersByTime(5000);
  return reply;
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('the handler of a sync capability', () => {
  it('gets the payload, and what it returns is the answer', async () => {
    const webhook = receiverWith().capability<{ n: number }>(({ n }) => ({ double: 2 * n }));
    expect(await send(webhook, '{"n":21}')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { success: true, data: { double: 42 } },
    });
  });

  it('that returns nothing answers null', async () => {
    const webhook = receiverWith().capability(() => undefined);
    expect((await send(webhook, '1')).body).toEqual({ success: true, data: null });
  });

  it('that refuses gives the app’s own answer, and nobody is told of a problem', async () => {
    const { capability, problems } = receiverWith();
    const webhook = capability(() => {
      throw new Refused('SOLD_OUT', 'No seats are left.');
    });
    expect(await send(webhook, '1')).toMatchObject({
      status: 200,
      body: { success: false, error: { code: 'SOLD_OUT', message: 'No seats are left.' } },
    });
    expect(problems).toEqual([]);
  });
});

describe('the handler of an event', () => {
  it('gets what the headers say of the call', async () => {
    let seen!: Call;
    const webhook = receiverWith().event((_, call) => void (seen = call));
    const headers = { 'x-webhook-attempt': '3', 'x-request-id': 'r-1' };
    await send(webhook, '{"a":1}', { id: 'one', headers });
    expect(seen).toMatchObject({ id: 'one', attempt: 3, requestId: 'r-1' });
    expect(Buffer.from(seen.body).toString()).toBe('{"a":1}');
    expect(seen.header('webhook-id')).toBe('one');
    expect(Math.abs(seen.signedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it.each([
    ['a capability that is async', { 'x-retry-attempt': '2' }, 2],
    ['a forwarded request', { 'breakwater-attempt': '4' }, 4],
    ['a sender that counts none', {}, 1],
  ])('knows the attempt of %s', async (_, headers, attempt) => {
    let seen!: Call;
    await send(
      receiverWith().event((_payload, call) => void (seen = call)),
      '1',
      { headers: { ...headers } },
    );
    expect(seen.attempt).toBe(attempt);
    expect(seen.requestId).toBeNull();
  });

  it('answers only that it is done', async () => {
    const webhook = receiverWith().event(() => ({ secret: true }));
    expect(await send(webhook, '1')).toMatchObject({ status: 200, body: { success: true, data: null } });
  });

  it.each([
    ['an error', failing('password 1234'), 500, 'HANDLER_FAILED', undefined],
    ['a refusal', () => Promise.reject(new Refused('GONE', 'x')), 422, 'GONE', undefined],
    ['RetryLater', () => Promise.reject(new RetryLater(1500)), 503, 'RETRY_LATER', '2'],
    [
      'RetryLater with 429',
      () => Promise.reject(new RetryLater(-1, { status: 429, message: 'Slow down.' })),
      429,
      'RETRY_LATER',
      '0',
    ],
  ] as const)('that throws %s answers with its status', async (_, handler, status, code, retryAfter) => {
    const { event, problems } = receiverWith();
    const reply = await send(event(handler), '1');
    expect(reply).toMatchObject({ status, body: { code } });
    expect(reply.headers['retry-after']).toBe(retryAfter);
    expect(JSON.stringify(reply)).not.toContain('1234');
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  it.each([
    ['not JSON', '{'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('does not get a payload that is %s', async (_, body) => {
    const webhook = receiverWith().event(failing('called'));
    const reply = await webhook(receivedCall(body));
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'PAYLOAD_INVALID' });
  });

  it('gets what its own reader makes of the bytes', async () => {
    let seen: unknown;
    const read = (bytes: Uint8Array) => BigInt(Buffer.from(bytes).toString());
    await send(
      receiverWith().event((n: bigint) => void (seen = n), { read }),
      '90071992547409931',
    );
    expect(seen).toBe(90071992547409931n);
  });

  it('gets a forwarded request by Breakwater’s own signature, whatever its sender signed', async () => {
    let seen!: Call;
    const webhook = receiverWith().event((_, call) => void (seen = call));
    const headers = { 'webhook-id': 'theirs', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' };
    expect((await send(webhook, '1', { id: 'ours', prefix: 'breakwater', headers })).status).toBe(200);
    expect(seen.id).toBe('ours');
  });
});

describe('the time that is left', () => {
  it('starts with what the caller gives, and counts down', async () => {
    const left: number[] = [];
    const webhook = receiverWith().capability((_, call) => {
      left.push(call.remainingMs());
      vi.advanceTimersByTime(15_000);
      left.push(call.remainingMs());
    });
    await send(webhook, '1', { headers: { 'x-timeout-ms': '60000' } });
    expect(left).toEqual([60_000, 45_000]);
  });

  it('is the receiver’s own for events, which name none', async () => {
    let left = 0;
    const webhook = receiverWith({ timeoutMs: 500_000 }).event((_, call) => void (left = call.remainingMs()));
    await send(webhook, '1');
    expect(left).toBe(500_000);
  });

  it('ends with the signal: the caller gets 503 although the handler goes on', async () => {
    const { webhook, begun, finish } = waiting();
    const headers = { 'x-timeout-ms': '5000' };
    const reply = afterDeadline(send(webhook, '1', { headers }), begun);
    expect(await reply).toMatchObject({ status: 503, body: { code: 'DEADLINE_OVER' } });
    const call = await begun;
    expect(call.signal.aborted).toBe(true);
    expect((call.signal.reason as Error).name).toBe('TimeoutError');
    expect(call.remainingMs()).toBe(0);
    finish('late');
  });

  it('ends when the caller disconnects', async () => {
    const gone = new AbortController();
    const webhook = receiverWith().event(async (_, { signal }) => {
      queueMicrotask(() => gone.abort());
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      expect((signal.reason as Error).name).toBe('AbortError');
    });
    expect(await send(webhook, '1', { gone: gone.signal })).toMatchObject({ status: 503 });
  });

  it('that is over before the handler began: it is not called, and the next attempt is handled', async () => {
    let calls = 0;
    const webhook = receiverWith().event(() => (calls += 1));
    expect(await send(webhook, '1', { id: 'one', gone: AbortSignal.abort() })).toMatchObject({ status: 503 });
    expect(calls).toBe(0);
    await expect.poll(() => send(webhook, '1', { id: 'one' })).toMatchObject({ status: 200 });
    expect(calls).toBe(1);
  });

  it('does not end when the handler was in time', async () => {
    let seen!: AbortSignal;
    const gone = new AbortController();
    const webhook = receiverWith().event((_, { signal }) => void (seen = signal));
    await send(webhook, '1', { gone: gone.signal });
    gone.abort();
    expect(seen.aborted).toBe(false);
  });
});

describe('a delivery that comes again', () => {
  it('gets the same answer, and the handler is not called', async () => {
    let calls = 0;
    const webhook = receiverWith().capability(() => ({ calls: (calls += 1) }));
    const first = await send(webhook, '1', { id: 'one' });
    expect(await send(webhook, '1', { id: 'one' })).toEqual(first);
    expect(await send(webhook, '1', { id: 'two' })).toMatchObject({ body: { data: { calls: 2 } } });
  });

  it('gets the same refusal', async () => {
    let calls = 0;
    const webhook = receiverWith().capability(() => {
      throw new Refused(`CALL_${(calls += 1)}`, 'x');
    });
    const first = await send(webhook, '1', { id: 'one' });
    expect(await send(webhook, '1', { id: 'one' })).toEqual(first);
  });

  it.each([failing('x'), () => Promise.reject(new RetryLater(1)), () => ({ toJSON: failing('y') })])(
    'is handled again after %s',
    async (first) => {
      let calls = 0;
      const webhook = receiverWith().capability(() => ((calls += 1) === 1 ? first() : 'done'));
      expect((await send(webhook, '1', { id: 'one' })).status).toBeGreaterThanOrEqual(500);
      expect((await send(webhook, '1', { id: 'one' })).body).toEqual({ success: true, data: 'done' });
    },
  );

  it('while the first is in progress waits for its answer', async () => {
    let calls = 0;
    let finish!: (value: string) => void;
    const webhook = receiverWith().capability(() => {
      calls += 1;
      return new Promise<string>((resolve) => (finish = resolve));
    });
    const first = send(webhook, '1', { id: 'one' });
    const second = send(webhook, '1', { id: 'one' });
    await expect.poll(() => calls).toBe(1);
    finish('done');
    expect(await second).toEqual(await first);
    expect(calls).toBe(1);
  });

  it('after a deadline gets the answer of the handler that went on', async () => {
    const { webhook, begun, finish } = waiting();
    const first = send(webhook, '1', { id: 'one', headers: { 'x-timeout-ms': '5000' } });
    expect((await afterDeadline(first, begun)).status).toBe(503);
    finish('late');
    expect((await send(webhook, '1', { id: 'one' })).body).toEqual({ success: true, data: 'late' });
  });

  it('to another process, which shares the store, is told to come again', async () => {
    const store = memoryStore();
    let finish!: () => void;
    const [here, there] = [receiverWith({ store }), receiverWith({ store })];
    const first = send(
      here.event(() => new Promise<void>((resolve) => (finish = resolve))),
      '1',
      { id: 'one' },
    );
    const second = there.event(failing('called'));
    await expect.poll(() => finish).toBeTypeOf('function');
    expect(await send(second, '1', { id: 'one' })).toMatchObject({
      status: 425,
      headers: { 'retry-after': '2' },
      body: { code: 'IN_PROGRESS' },
    });
    finish();
    await first;
    expect((await send(second, '1', { id: 'one' })).status).toBe(200);
  });

  it('is handled again without a store', async () => {
    let calls = 0;
    const webhook = receiverWith({ store: null }).event(() => (calls += 1));
    await send(webhook, '1', { id: 'one' });
    await send(webhook, '1', { id: 'one' });
    expect(calls).toBe(2);
  });
});

describe('a store that fails', () => {
  const broken = (part: keyof Store): Store => ({
    ...memoryStore(),
    [part]: () => Promise.reject(new Error('down')),
  });

  it.each([
    ['claim', 'succeeds', 503, 'STORE_UNAVAILABLE'],
    ['finish', 'succeeds', 200, 'HANDLER_FAILED'],
    ['forget', 'fails', 500, 'HANDLER_FAILED'],
  ] as const)('at %s, where the handler %s, leads to %i', async (part, handler, status, code) => {
    const { event, problems } = receiverWith({ store: broken(part) });
    const webhook = event(handler === 'fails' ? failing('x') : () => undefined);
    expect((await send(webhook, '1')).status).toBe(status);
    expect(problems.map((problem) => problem.code)).toContain(code);
  });
});

describe('a call that is not verified', () => {
  it.each([
    ['without headers', { 'webhook-signature': '' }, 'SIGNATURE_MISSING'],
    ['of another secret', { 'webhook-signature': `v1,${'A'.repeat(43)}=` }, 'SIGNATURE_WRONG'],
    ['of long ago', { 'webhook-timestamp': '1' }, 'TIMESTAMP_TOO_OLD'],
    ['of the future', { 'webhook-timestamp': '99999999999' }, 'TIMESTAMP_TOO_NEW'],
  ])('%s is refused with 401, and the handler is not called', async (_, headers, code) => {
    const { event, problems } = receiverWith();
    const reply = await send(event(failing('called')), '1', { headers: { ...headers } });
    expect(reply).toMatchObject({ status: 401, body: { code } });
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  it('because its keys cannot be fetched is to come again', async () => {
    const fetch = () => Promise.reject(new Error('down'));
    const { event } = receiverWith({ secrets: [], jwks: 'https://x.example/keys', fetch });
    const reply = await send(event(failing('called')), '1', { headers: { 'webhook-signature': 'v1a,AAAA' } });
    expect(reply).toMatchObject({ status: 503, body: { code: 'KEYS_UNAVAILABLE' } });
  });

  it('because a secret is not set says so with 500', async () => {
    const { event } = receiverWith({ secrets: () => undefined as never });
    expect(await send(event(failing('called')), '1')).toMatchObject({
      status: 500,
      body: { code: 'RECEIVER_MISCONFIGURED', message: expect.stringContaining('It holds undefined.') },
    });
  });
});

describe('what needs a person', () => {
  it('is printed when nobody else is told', async () => {
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    onTestFinished(() => printed.mockRestore());
    const { event } = createReceiver({ secrets: SECRET });
    await send(event(failing('the cause')), '1');
    await send(
      event(() => Promise.reject(new RetryLater(1))),
      '1',
    );
    expect(printed.mock.calls).toEqual([[expect.objectContaining({ message: 'the cause' })]]);
  });
});
