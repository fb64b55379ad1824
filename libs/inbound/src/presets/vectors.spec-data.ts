import type { InboundRequest } from '../verification/request.js';
import type { RefusalStep, Verification, VerificationContext } from '../verification/verification.js';
import { signatureHeaders } from './header-owners.js';
import { PRESETS } from './index.js';
import type { Preset } from './preset.js';
import { SENDERS, type Key, type Sender, type Sent } from './senders.spec-data.js';

export const NOW = new Date('2026-12-01T12:00:00.000Z');
export const SOURCE_URL = 'https://hooks.example.com/in/key';

/** A request of a preset, and what its verification must come to. */
export interface Vector {
  title: string;
  request: InboundRequest;
  secrets: string[];
  context: VerificationContext;
  expected: Expected;
}

type Expected =
  { kind: 'verified'; secretIndex: number } | { kind: 'refused'; steps: readonly RefusalStep[] };

export const REFUSES: Record<string, readonly RefusalStep[]> = {
  signature: ['signature_mismatch', 'body_differs'],
  missing: ['header_missing', 'field_missing'],
  old: ['timestamp_old'],
  future: ['timestamp_future'],
  malformed: ['signature_malformed'],
  repeated: ['header_repeated'],
};

const BODY = Buffer.from('{"id":"evt_1","name":"Zoë","nested":{"a":[1,2.50,"/"]}}\n');
/** Not UTF-8, so it is another one when it was text for a moment. */
const RAW = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80, 0x0d, 0x0a, 0x7d]);

export function vectorsOf(name: string): Vector[] {
  return new Vectors(PRESETS.get(name)!, SENDERS[name]!).all();
}

class Vectors {
  private readonly good: Sent;

  constructor(
    private readonly preset: Preset,
    private readonly sender: Sender,
  ) {
    this.good = this.sent(sender.keys.now);
  }

  all(): Vector[] {
    const { keys, twice } = this.sender;
    const stranger = this.sent(keys.stranger);
    const vectors = [
      this.vector('good', this.good, verified(0)),
      this.vector('header names in other case', this.inOtherCase(), verified(0)),
      this.vector('wrong key', { ...stranger, keys: this.good.keys }, REFUSES['signature']!),
      this.vector('tampered', this.tampered(), REFUSES['signature']!),
      this.vector('missing header', this.withoutSignature(), REFUSES['missing']!),
      this.rotated(),
      this.vector("another provider's request", this.ofAnotherProvider(), REFUSES['missing']!),
      ...this.inAnotherHeader(),
      ...this.late(),
    ];
    if (twice)
      vectors.push(this.vector('second signature of a list', twice(stranger, this.good), verified(0)));
    if (!this.sender.covers && !this.sender.body) {
      vectors.push(this.vector('bytes that are not text', this.sent(keys.now, NOW, RAW), verified(0)));
    }
    return vectors;
  }

  /** Old and future requests; where the provider signs no time, a malformed and a repeated signature. */
  private late(): Vector[] {
    const { now } = this.sender.keys;
    const times = toleranceOf(this.preset);
    const old = this.sent(now, after(-times.pastS - 30));
    const future = this.sent(now, after(times.futureS + 30));
    const vectors = [
      ...(times.pastS > 0 ? [this.vector('stale', old, REFUSES['old']!)] : []),
      ...(times.futureS > 0 ? [this.vector('future', future, REFUSES['future']!)] : []),
    ];
    const header = signatureHeaders(this.preset.scheme)[0];
    if (header === undefined) {
      const bodies = ['', 'no JSON', '[]'].map((text) => ({ ...this.good, body: Buffer.from(text) }));
      return [
        ...vectors,
        ...bodies.map((sent) => this.vector(`body ${sent.body.toString()}`, sent, REFUSES['missing']!)),
      ];
    }
    const value = this.good.headers.find(([each]) => each.toLowerCase() === header)![1];
    const repeated = { ...this.good, headers: [...this.good.headers, [header, value] as [string, string]] };
    vectors.push(this.vector('signature header twice', repeated, REFUSES['repeated']!));
    const malformed = [...REFUSES['malformed']!, ...REFUSES['missing']!, 'signature_mismatch' as const];
    vectors.push(this.vector('signature that is none', this.withSignature('v1=?!'), malformed));
    return vectors;
  }

  private rotated(): Vector {
    const { now, old } = this.sender.keys;
    const vector = this.vector(
      'signed with the older of two secrets',
      this.sent(old),
      verified(old.secret ? 1 : 0),
    );
    return old.secret ? { ...vector, secrets: [now.secret, old.secret] } : vector;
  }

  /** Signed with the right key, but where another provider has its signature. */
  private inAnotherHeader(): Vector[] {
    const own = signatureHeaders(this.preset.scheme);
    if (own.length === 0) return [];
    const other = own.includes('x-hub-signature') ? 'X-Hub-Signature-256' : 'X-Hub-Signature';
    const headers = this.good.headers.map(([name, value]): [string, string] =>
      own.includes(name.toLowerCase()) ? [other, value] : [name, value],
    );
    return [
      this.vector("signature in another provider's header", { ...this.good, headers }, REFUSES['missing']!),
    ];
  }

  private sent(key: Key, at = NOW, body = this.sender.body?.('evt_1', at) ?? BODY): Sent {
    return this.sender.sign({ key, id: 'evt_1', at, body, url: SOURCE_URL });
  }

  private inOtherCase(): Sent {
    const headers = this.good.headers.map(([name, value], at): [string, string] => [
      at % 2 === 0 ? name.toLowerCase() : name.toUpperCase(),
      value,
    ]);
    return { ...this.good, headers };
  }

  /** One character of what is signed is another one; of a secret that is sent itself, the last is missing. */
  private tampered(): Sent {
    const { body } = this.good;
    if (this.sender.covers === 'nothing') {
      const header = signatureHeaders(this.preset.scheme)[0]!;
      const value = this.good.headers.find(([name]) => name.toLowerCase() === header)![1];
      const isToken = value.length > 200;
      return this.withSignature(
        isToken ? value.slice(0, -4) + (value.endsWith('AAAA') ? 'BBBB' : 'AAAA') : value.slice(0, -4),
      );
    }
    const text = body.toString('latin1');
    const changed =
      this.sender.covers === 'fields' ? text.replaceAll('"evt_1"', '"evt_2"') : text.replace('a', 'A');
    return { ...this.good, body: Buffer.from(changed, 'latin1') };
  }

  private withSignature(value: string): Sent {
    const own = signatureHeaders(this.preset.scheme);
    const headers = this.good.headers.map(([name, each]): [string, string] => [
      name,
      own.includes(name.toLowerCase()) ? value : each,
    ]);
    return { ...this.good, headers };
  }

  private withoutSignature(): Sent {
    const own = signatureHeaders(this.preset.scheme);
    const headers = this.good.headers.filter(([name]) => !own.includes(name.toLowerCase()));
    return own.length > 0 ? { ...this.good, headers } : { ...this.good, body: Buffer.from('{"id":"evt_1"}') };
  }

  private ofAnotherProvider(): Sent {
    const other = this.preset.name === 'stripe' ? 'github' : 'stripe';
    const { keys, sign } = SENDERS[other]!;
    return {
      ...sign({ key: keys.now, id: 'evt_1', at: NOW, body: BODY, url: SOURCE_URL }),
      keys: this.good.keys,
    };
  }

  private vector(title: string, sent: Sent, expected: Expected | readonly RefusalStep[]): Vector {
    const { options, keys } = this.sender;
    return {
      title,
      request: {
        method: sent.method ?? 'POST',
        url: sent.url ?? SOURCE_URL,
        headers: sent.headers,
        body: sent.body,
      },
      secrets: keys.now.secret === '' ? [] : [keys.now.secret],
      context: {
        now: NOW,
        configuredUrl: SOURCE_URL,
        ...(sent.keys ? { keys: sent.keys } : {}),
        options: { values: options ?? {} },
      },
      expected: 'kind' in expected ? expected : { kind: 'refused', steps: expected },
    };
  }
}

/** Whether the result is the expected one. */
export function isExpected(result: Verification, expected: Expected): boolean {
  if (expected.kind === 'verified')
    return result.kind === 'verified' && result.secretIndex === expected.secretIndex;
  return result.kind === 'refused' && expected.steps.includes(result.step);
}

function verified(secretIndex: number): Expected {
  return { kind: 'verified', secretIndex };
}

function after(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

/** How long a request is accepted, in seconds; 0 where the preset checks no time. */
function toleranceOf({ name, scheme }: Preset): { pastS: number; futureS: number } {
  // Their tokens state when they expire; LiveKit's also when they begin.
  if (name === 'livekit') return { pastS: 300 + 60, futureS: 60 };
  if (name === 'google-pubsub') return { pastS: 3600 + 60, futureS: 0 };
  const pastS =
    (scheme.kind === 'jwt' ? scheme.maxAgeS : scheme.kind === 'shared' ? 0 : scheme.timestamp?.toleranceS) ??
    0;
  return { pastS, futureS: Math.min(pastS, 300) };
}
