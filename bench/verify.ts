import { createHash, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { PRESETS, verify, type InboundRequest } from '@breakwater/inbound';
import { quantile, type Result } from './rounds.js';

const BODY_BYTES = 65_536;
const BUDGET_US = 100;
const NOW = new Date('2026-12-01T12:00:00Z');
const URL = 'https://hooks.example.com/in/key';
const SECRET = 'a secret of usual length, 40 characters.';
const T = String(NOW.getTime() / 1000);

/** A signed request of one preset, one of a family. */
interface Sample {
  what: string;
  preset: string;
  secret: string;
  headers: [string, string][];
  body: Buffer;
}

/** The time of one verification of a body of 64 KiB, by preset, each call beside a bare HMAC-SHA256 of the same body. */
export function benchVerify({ count, rounds }: { count: number; rounds: number }): Result {
  const rows = samples(jsonBody()).map(({ what, preset, secret, headers, body }) => {
    const { scheme } = PRESETS.get(preset)!;
    const request: InboundRequest = { method: 'POST', url: URL, headers, body };
    const context = { now: NOW, configuredUrl: URL };
    const check = (): unknown => verify(scheme, request, [secret], context);
    if (verify(scheme, request, [secret], context).kind !== 'verified') {
      throw new Error(`${preset}: the request must be verified`);
    }
    const hmac = (): unknown => createHmac('sha256', SECRET).update(body).digest();
    // The first round warms up.
    const times = Array.from({ length: rounds + 1 }, () => timesOf(count, [check, hmac])).slice(1);
    const over = (call: 0 | 1, share: number): number => {
      const each = times.map((round) => quantile(round[call], share));
      return quantile(each, 0.5);
    };
    const p99 = over(0, 0.99);
    return {
      what: `${what} (${preset})`,
      'p50 us': Number(over(0, 0.5).toFixed(1)),
      'p99 us': Number(p99.toFixed(1)),
      'bare p50': Number(over(1, 0.5).toFixed(1)),
      'bare p99': Number(over(1, 0.99).toFixed(1)),
      'ratio p50': Number((over(0, 0.5) / over(1, 0.5)).toFixed(2)),
      budget: `p99 <= ${BUDGET_US} us`,
      met: p99 <= BUDGET_US,
      rounds,
    };
  });
  return { rows };
}

/** In microseconds, each call separately, by turns. */
function timesOf(count: number, calls: [() => unknown, () => unknown]): [number[], number[]] {
  const times: [number[], number[]] = [[], []];
  for (let at = 0; at < count; at++) {
    for (const call of [0, 1] as const) {
      const start = performance.now();
      calls[call]();
      times[call].push((performance.now() - start) * 1000);
    }
  }
  return times;
}

function samples(json: Buffer): Sample[] {
  const hmac = (algorithm: string, encoding: 'hex' | 'base64', ...parts: (string | Buffer)[]): string => {
    const mac = createHmac(algorithm, SECRET);
    for (const part of parts) mac.update(part);
    return mac.digest(encoding);
  };
  const of = (
    what: string,
    preset: string,
    headers: [string, string][],
    part: Partial<Sample> = {},
  ): Sample => ({
    what,
    preset,
    secret: SECRET,
    headers,
    body: json,
    ...part,
  });
  const ed = generateKeyPairSync('ed25519');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const form = Buffer.from(`Body=${'x'.repeat(BODY_BYTES - 5)}`);
  const timed = Buffer.concat([Buffer.from(`{"webhookTimestamp":${NOW.getTime()},`), json.subarray(1)]);
  const time = Buffer.from(T);
  return [
    of('HMAC-SHA256 of the body', 'github', [
      ['X-Hub-Signature-256', `sha256=${hmac('sha256', 'hex', json)}`],
    ]),
    of('HMAC-SHA1 of the body', 'vercel', [['x-vercel-signature', hmac('sha1', 'hex', json)]]),
    of('HMAC of time and body', 'stripe', [
      ['Stripe-Signature', `t=${T},v1=${hmac('sha256', 'hex', `${T}.`, json)}`],
    ]),
    of('HMAC of URL and body', 'square', [
      ['x-square-hmacsha256-signature', hmac('sha256', 'base64', URL, json)],
    ]),
    of('HMAC, with the time in the body', 'linear', [['Linear-Signature', hmac('sha256', 'hex', timed)]], {
      body: timed,
    }),
    of(
      'HMAC of URL and form',
      'mandrill',
      [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['X-Mandrill-Signature', hmac('sha1', 'base64', URL, form.toString().replace('=', ''))],
      ],
      { body: form },
    ),
    of('the secret itself', 'gitlab-token', [['X-Gitlab-Token', SECRET]]),
    of('a token with a hash of the body', 'netlify', [['X-Webhook-Signature', token(json)]]),
    of(
      'ed25519 of time and body',
      'discord',
      [
        ['X-Signature-Ed25519', sign(null, Buffer.concat([time, json]), ed.privateKey).toString('hex')],
        ['X-Signature-Timestamp', T],
      ],
      { secret: Buffer.from(jwkOf(ed.publicKey), 'base64url').toString('hex') },
    ),
    of(
      'ECDSA P-256 of time and body',
      'sendgrid',
      [
        [
          'X-Twilio-Email-Event-Webhook-Signature',
          sign('sha256', Buffer.concat([time, json]), ec.privateKey).toString('base64'),
        ],
        ['X-Twilio-Email-Event-Webhook-Timestamp', T],
      ],
      { secret: ec.publicKey.export({ format: 'der', type: 'spki' }).toString('base64') },
    ),
  ];
}

function jwkOf(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x!;
}

function token(body: Buffer): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const sha256 = createHash('sha256').update(body).digest('hex');
  const signed = `${encode({ alg: 'HS256' })}.${encode({ iss: 'netlify', sha256 })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

/** A JSON document of 64 KiB with a usual mixture of members. */
function jsonBody(): Buffer {
  const lines = Array.from({ length: 500 }, (_, at) => ({
    sku: `SKU-${at}`,
    quantity: at,
    price: { amount: at * 100 },
  }));
  const start = JSON.stringify({ id: 'evt_1', lines, note: '' });
  return Buffer.from(`${start.slice(0, -2)}${'x'.repeat(BODY_BYTES - start.length)}"}`);
}
