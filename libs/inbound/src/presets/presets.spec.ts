import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemeProblems } from '../verification/scheme-problems.js';
import { secretProblem, takesSecret } from '../verification/secret-problem.js';
import { verify } from '../verification/verify.js';
import { dedupeIdOf } from './dedupe-id.js';
import { PRESETS } from './index.js';
import { SENDERS } from './senders.spec-data.js';
import { isExpected, REFUSES, vectorsOf, type Vector } from './vectors.spec-data.js';

const NAMES = [...PRESETS.keys()];
const check = (name: string, { request, secrets, context }: Vector) =>
  verify(PRESETS.get(name)!.scheme, request, secrets, context);

describe.each(NAMES)('a request of %s', (name) => {
  it.each(vectorsOf(name).map((vector) => [vector.title, vector] as const))('%s', (_, vector) => {
    const result = check(name, vector);
    expect(isExpected(result, vector.expected), JSON.stringify(result)).toBe(true);
  });

  it('has 8 vectors or more, of which one is good', () => {
    const titles = vectorsOf(name).map(({ title }) => title);
    expect(titles.length).toBeGreaterThanOrEqual(8);
    expect(titles.filter((title) => title === 'good')).toHaveLength(1);
  });

  it('is refused without a key', () => {
    const vector = vectorsOf(name).find(({ title }) => title === 'good')!;
    const result = check(name, { ...vector, secrets: [], context: { ...vector.context, keys: new Map() } });
    expect(result).toMatchObject(
      takesSecret(PRESETS.get(name)!.scheme) ? { step: 'secret_missing' } : { kind: 'needs_key' },
    );
  });
});

describe('the presets', () => {
  it('are 60 or more, each with its name as key and file, and with a sender in the specs', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(60);
    expect(NAMES.map((name) => PRESETS.get(name)!.name)).toEqual(NAMES);
    expect(NAMES.toSorted()).toEqual(Object.keys(SENDERS).toSorted());
  });

  it.each(NAMES)('%s has 25 lines of data at most, in the grammar of declared schemes', (name) => {
    const source = readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8');
    const lines = source
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('import '));
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(schemeProblems(JSON.parse(JSON.stringify(PRESETS.get(name)!.scheme)))).toEqual([]);
  });

  it.each(NAMES)('%s says in sentences where it is set up, and has an https page', (name) => {
    const { docs, secretHint, setup, note } = PRESETS.get(name)!;
    expect(docs).toMatch(/^https:\/\//);
    for (const text of [secretHint, setup.where, setup.paste, ...(note ? [note] : [])])
      expect(text).toMatch(/\.$/);
  });

  it.each(NAMES.filter((name) => takesSecret(PRESETS.get(name)!.scheme)))(
    '%s accepts its own secrets',
    (name) => {
      for (const key of Object.values(SENDERS[name]!.keys)) {
        expect(secretProblem(PRESETS.get(name)!, key.secret)).toBeNull();
      }
    },
  );

  it('never say a secret in a refusal', () => {
    for (const name of NAMES) {
      const secrets = Object.values(SENDERS[name]!.keys).map(({ secret }) =>
        secret.replace(/^wh(?:sec|pk)_/, ''),
      );
      for (const vector of vectorsOf(name)) {
        const result = check(name, vector);
        if (result.kind !== 'refused') continue;
        for (const secret of secrets.filter((each) => each !== ''))
          expect(result.detail).not.toContain(secret);
      }
    }
  });

  it('name the preset whose header a refused request has', () => {
    for (const name of NAMES.filter((each) => each !== 'stripe')) {
      const vector = vectorsOf(name).find(({ title }) => title === "another provider's request")!;
      expect(check(name, vector)).toMatchObject({
        kind: 'refused',
        detail: expect.stringContaining('Stripe-Signature, which belongs to the preset stripe.'),
      });
    }
    expect(REFUSES['missing']).toContain('header_missing');
  });
});

describe('the id that is equal in every repeat', () => {
  const idOf = (name: string, headers: [string, string][], body: unknown = {}): string | null =>
    dedupeIdOf(PRESETS.get(name)!, {
      method: 'POST',
      url: 'https://hooks.example.com/in/key',
      headers,
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    });

  it.each([
    ['github', [['x-github-delivery', '72d3162e']], {}, '72d3162e'],
    ['stripe', [], { id: 'evt_1' }, 'evt_1'],
    ['slack', [], { event_id: 'Ev08' }, 'Ev08'],
    ['telegram', [], { update_id: 10000 }, '10000'],
    [
      'google-channel',
      [
        ['X-Goog-Channel-ID', 'c'],
        ['X-Goog-Message-Number', '10'],
      ],
      '',
      'c:10',
    ],
    [
      'adyen',
      [],
      {
        notificationItems: [
          { NotificationRequestItem: { pspReference: 'p', eventCode: 'CAPTURE', success: 'true' } },
        ],
      },
      'p:CAPTURE:true',
    ],
  ] as [string, [string, string][], unknown, string][])('%s has one', (name, headers, body, id) => {
    expect(idOf(name, headers, body)).toBe(id);
  });

  it.each([
    ['the header is missing', 'github', [], {}],
    [
      'the header is there twice',
      'github',
      [
        ['X-GitHub-Delivery', 'a'],
        ['X-GitHub-Delivery', 'b'],
      ],
      {},
    ],
    ['the body is not JSON', 'stripe', [], '{'],
    ['it is not text', 'stripe', [], { id: { a: 1 } }],
    ['it is empty', 'stripe', [], { id: '' }],
    ['it has a control character', 'stripe', [], { id: 'a\u0000b' }],
    ['it has half a surrogate pair', 'stripe', [], '{"id":"\\ud800"}'],
    ['the provider has none', 'dropbox', [], { id: 'a' }],
  ] as [string, string, [string, string][], unknown][])('there is none when %s', (_, name, headers, body) => {
    expect(idOf(name, headers, body)).toBeNull();
  });

  it('is its hash when it is longer than 255 characters', () => {
    const [one, other] = ['x', 'y'].map((end) => idOf('stripe', [], { id: `${'x'.repeat(255)}${end}` }));
    expect(one).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(other).not.toBe(one);
    expect(idOf('stripe', [], { id: 'x'.repeat(255) })).toBe('x'.repeat(255));
  });
});
