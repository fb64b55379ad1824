import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answering,
  httpsReceiver,
  rawReceiver,
  type Receiver,
} from '../../libs/webhook-client/src/fixtures/receiver.fixture.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

/** Shortest timeout that a manifest may ask for. */
const TIMEOUT_MS = 1_000;
/**
 * The promise: no call takes longer than its deadline plus this, and no receiver makes a process grow by more than
 * this.
 */
const LATE_MS = 250;
const GROWTH_MIB = 64;
const AT_ONCE = 5;
const ROUNDS = 4;
/** The heap of a process that has just started grows with its first calls. */
const HEALTHY_FIRST = 1_000;

const ok = 'HTTP/1.1 200 OK\r\n';
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`;
const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));

/** After a request, writes `piece` as long as the client reads. */
const streaming = (first: string, piece: string | Buffer, everyMs = 0): Receiver =>
  rawReceiver((socket: Socket) => {
    socket.once('data', () => {
      socket.write(first);
      if (everyMs > 0) {
        const timer = setInterval(() => socket.write(piece), everyMs);
        socket.on('close', () => clearInterval(timer));
        return;
      }
      const more = async (): Promise<void> => {
        while (!socket.destroyed)
          if (!socket.write(piece)) await once(socket, 'drain').catch(() => undefined);
      };
      more().catch(() => undefined);
    });
  });
const redirect = (status: number, location: string): Receiver =>
  answering(`HTTP/1.1 ${status} Moved\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`, 'end');
const status = (code: number): Receiver =>
  answering(`HTTP/1.1 ${code} Odd\r\ncontent-length: 2\r\n\r\n{}`, 'end');

/** Its behaviour, and the outcome class for it in docs/reference/manifest.md. */
const hostile: [title: string, receiver: () => Receiver, reason: string][] = [
  ['never answers', () => rawReceiver((socket) => void socket.resume()), 'timeout'],
  ['accepts and never reads', () => rawReceiver((socket) => void socket.pause()), 'timeout'],
  ['drips its header', () => streaming(`${ok}x-a: `, 'a', 20), 'timeout'],
  ['drips its body', () => streaming(`${ok}content-length: 100000\r\n\r\n`, 'a', 20), 'timeout'],
  ['floods with 103', () => streaming('', 'HTTP/1.1 103 Early\r\n\r\n'), 'protocol'],
  ['sends an endless body', () => streaming(`${ok}\r\n`, Buffer.alloc(65_536, 97)), 'response_too_large'],
  [
    'sends a gzip bomb of 50 MiB',
    () =>
      rawReceiver((socket) => {
        const head = `${ok}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`;
        socket.once('data', () => void socket.end(Buffer.concat([Buffer.from(head), bomb])));
      }),
    'response_too_large',
  ],
  ['sends a header of 40 kB', () => answering(`${ok}x-a: ${'a'.repeat(40_000)}\r\n\r\n`), 'protocol'],
  [
    'sends 3000 headers',
    () => answering(`${ok}${Array.from({ length: 3000 }, (_, n) => `x-${n}: ${n}\r\n`).join('')}\r\n`),
    'protocol',
  ],
  ['sends 64,000 tiny headers', () => answering(`${ok}${'a:\r\n'.repeat(64_000)}\r\n`), 'protocol'],
  [
    'sends 64,000 tiny trailers',
    () => answering(`${chunked}0\r\n${'a:\r\n'.repeat(64_000)}\r\n`),
    'protocol',
  ],
  [
    'sends a million chunks of one byte',
    () => answering(`${chunked}${'1\r\na\r\n'.repeat(1_000_000)}0\r\n\r\n`),
    'protocol',
  ],
  ['resets', () => rawReceiver((socket) => void socket.resetAndDestroy()), 'network'],
  ['closes in its body', () => answering(`${ok}content-length: 9\r\n\r\nabc`, 'end'), 'network'],
  ['does not speak HTTP', () => answering('SSH-2.0-OpenSSH_9.2\r\n'), 'protocol'],
  [
    'answers 101',
    () => answering('HTTP/1.1 101 Up\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    'protocol',
  ],
  ['answers 600', () => status(600), 'http_error'],
  ['answers 999', () => status(999), 'http_error'],
  ['has a self-signed certificate', () => httpsReceiver('self-signed'), 'tls'],
  ['has an expired certificate', () => httpsReceiver('expired'), 'tls'],
  ['has a certificate for another name', () => httpsReceiver('wrong-name'), 'tls'],
  ['stalls the TLS handshake', () => rawReceiver((socket) => void socket.resume(), 'https'), 'timeout'],
  ['redirects to a public address', () => redirect(301, 'https://example.com/'), 'http_error'],
  ['redirects into the network', () => redirect(302, 'http://169.254.169.254/'), 'http_error'],
  ['redirects to itself', () => redirect(307, '/'), 'http_error'],
  ['redirects with 308 to a file', () => redirect(308, 'file:///etc/passwd'), 'http_error'],
];

describe('a hostile receiver', () => {
  const receivers: Receiver[] = [];
  let platform: Platform;
  let api: Role;
  let appId: string;
  /** After many good calls and every kind of trouble once: code and pools are loaded, later growth counts. */
  let warmMiB: number;
  let mostMiB = 0;

  const residentMiB = (): number =>
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(api.pid)], { encoding: 'utf8' })) / 1024;
  const call = async (n: number): Promise<{ source: string; reason: string; durationMs: number }> => {
    const { status: code, json, text } = await platform.client(api).invoke(appId, `hostile_${n}`);
    expect(code, text).toBe(200);
    return json as { source: string; reason: string; durationMs: number };
  };
  const expectHealthyCall = async (): Promise<void> => {
    const { json } = await platform.client(api).invoke(appId, 'healthy');
    expect(json).toMatchObject({ source: 'primary', data: { fine: true } });
  };

  beforeAll(async () => {
    platform = await Platform.start();
    // Started as in the README, without the settings of the image.
    api = await platform.api();
    platform.receiver.on('/healthy', { body: '{"fine":true}' });
    const webhooks: Record<string, object> = { healthy: {} };
    const circuitBreaker = { failureThreshold: 1000 };
    for (const [n, [, make]] of hostile.entries()) {
      const receiver = make();
      await receiver.listen();
      receivers.push(receiver);
      const fallback = { strategy: 'static', value: null };
      webhooks[`hostile_${n}`] = { url: receiver.url, timeout: TIMEOUT_MS, fallback, circuitBreaker };
    }
    appId = await platform.register(api, webhooks);
    for (let n = 0; n < HEALTHY_FIRST; n += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => expectHealthyCall()));
    }
    await Promise.all(hostile.map((_, n) => call(n)));
    warmMiB = residentMiB();
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all(receivers.map((receiver) => receiver.close()));
  });

  it.each(hostile.map(([title, , reason], n) => ({ title, reason, n })))(
    'that $title gives $reason in time, and the next call is not affected',
    async ({ reason, n }) => {
      for (let round = 0; round < ROUNDS; round++) {
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => call(n)));
        expect(new Set(answers.map((answer) => `${answer.source} ${answer.reason}`))).toEqual(
          new Set([`fallback ${reason}`]),
        );
        mostMiB = Math.max(mostMiB, residentMiB());
        const slowest = Math.max(...answers.map(({ durationMs }) => durationMs));
        expect(slowest).toBeLessThanOrEqual(TIMEOUT_MS + LATE_MS);
        if (reason !== 'timeout') continue;
        await expectHealthyCall();
        return;
      }
      await expectHealthyCall();
    },
  );

  it(`has not made the process grow by ${GROWTH_MIB} MiB`, () => {
    expect(mostMiB).toBeGreaterThan(0);
    expect(Math.round(mostMiB - warmMiB)).toBeLessThan(GROWTH_MIB);
  });
});
