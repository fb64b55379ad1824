import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import { isExpected, vectorsOf } from '../presets/vectors.spec-data.js';
import { STEPS, type Steps } from './steps.js';
import { verifyWith } from './verify.js';

/** Vectors of all presets that are red with an engine of these steps: `preset: title`. */
function redWith(faulty: Partial<Steps>): string[] {
  const steps = { ...STEPS, ...faulty };
  return [...PRESETS.values()].flatMap(({ name, scheme }) =>
    vectorsOf(name)
      .filter(({ request, secrets, context, expected }) => {
        return !isExpected(verifyWith(steps, scheme, request, { secrets, context }), expected);
      })
      .map(({ title }) => `${name}: ${title}`),
  );
}

/** `preset: title` of all vectors with this title. */
function vectorsCalled(title: string): string[] {
  return [...PRESETS.keys()].flatMap((name) =>
    vectorsOf(name)
      .filter((vector) => vector.title === title)
      .map(() => `${name}: ${title}`),
  );
}

describe('a fault in the engine turns vectors red', () => {
  it('none is red without a fault', () => {
    expect(redWith({})).toEqual([]);
  });

  it('no window for the future: each future vector', () => {
    const red = redWith({ isTooEarly: () => false });
    expect(red.toSorted()).toEqual(vectorsCalled('future').toSorted());
    expect(red.length).toBeGreaterThanOrEqual(18);
  });

  it('no window for the past: each stale vector', () => {
    const red = redWith({ isTooOld: () => false });
    expect(red.toSorted()).toEqual(vectorsCalled('stale').toSorted());
    expect(red.length).toBeGreaterThanOrEqual(19);
  });

  it('the body as text for a moment: each vector with bytes that are not text', () => {
    const red = redWith({ bodyBytes: ({ body }) => Buffer.from(body.toString('utf8')) });
    expect(red.toSorted()).toEqual(vectorsCalled('bytes that are not text').toSorted());
    expect(red.length).toBeGreaterThanOrEqual(40);
  });

  it('the first signature of a list only: each list whose second signature fits', () => {
    const red = redWith({ candidates: (signatures) => signatures.slice(0, 1) });
    expect(red.toSorted()).toEqual(vectorsCalled('second signature of a list').toSorted());
    expect(red.length).toBeGreaterThanOrEqual(14);
  });

  it("another provider's header as its own: each signature in another provider's header", () => {
    const own = STEPS.headerValues;
    const red = redWith({
      headerValues: (request, name) => {
        const found = own(request, name);
        return found.length > 0 || !/sig|hmac|token|auth|verification|webhook/i.test(name)
          ? found
          : [...own(request, 'X-Hub-Signature'), ...own(request, 'X-Hub-Signature-256')];
      },
    });
    const called = vectorsCalled("signature in another provider's header");
    expect(red.filter((title) => called.includes(title)).toSorted()).toEqual(called.toSorted());
    expect(called.length).toBeGreaterThanOrEqual(50);
  });

  it('any signature as the right one: each wrong key', () => {
    const red = redWith({ isSame: () => true });
    const byPublicKey = [
      'discord',
      'fusionauth',
      'google-pubsub',
      'paypal',
      'plaid',
      'sendgrid',
      'sns',
      'standard-webhooks-ed25519',
    ];
    const expected = vectorsCalled('wrong key').filter(
      (title) => !byPublicKey.some((name) => title.startsWith(`${name}:`)),
    );
    expect(red.filter((title) => title.endsWith(': wrong key')).toSorted()).toEqual(expected.toSorted());
  });
});

describe('a comparison that takes longer the more fits', () => {
  const folder = new URL('.', import.meta.url);
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !/\.(?:spec|spec-data)\.ts$/.test(file))
    .map((file) => ({ file, source: readFileSync(new URL(file, folder), 'utf8') }));

  it('timingSafeEqual is used in one file, behind one function', () => {
    const users = sources.filter(({ source }) => source.includes('timingSafeEqual')).map(({ file }) => file);
    expect(users).toEqual(['same-bytes.ts']);
    expect(STEPS.isSame(Buffer.from('a'), Buffer.from('a'))).toBe(true);
    expect(STEPS.isSame(Buffer.from('a'), Buffer.from('ab'))).toBe(false);
    expect(STEPS.isSame(Buffer.from('a'), Buffer.from('b'))).toBe(false);
  });

  /** What signatures and secrets are called in the engine. */
  const COMPARED = 'signatures?|expected|digest|sent|stated|secrets?|each';

  it.each(['signed.ts', 'jwt.ts', 'shared.ts'])(
    '%s compares signatures and secrets by isSame only',
    (file) => {
      const { source } = sources.find((each) => each.file === file)!;
      expect(source).toContain('.steps.isSame(');
      // A byte-wise comparison has one of these forms; the empty secret, null and lengths are no comparison of content.
      const compares = source.match(
        new RegExp(
          `\\b(?:${COMPARED})(?:\\[\\d\\]!?)?\\s*[!=]==?(?!=)(?!\\s*(?:null|undefined|''|-1))|[!=]==?\\s*(?:${COMPARED})\\b|\\.equals\\(|\\.compare\\(|localeCompare`,
          'g',
        ),
      );
      expect(compares ?? []).toEqual([]);
    },
  );

  it('the rule finds such a comparison', () => {
    const rule = new RegExp(`\\b(?:${COMPARED})\\s*===?\\s*(?!null)`);
    expect(rule.test('return signature === expected;')).toBe(true);
  });
});
