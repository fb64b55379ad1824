import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakerNotice } from '../breaker-notices/breaker-notice.js';
import { openedOrClosed, type BreakerEvent } from '../breaker-notices/breaker-event.js';
import { noticeFor } from '../notices/notice-for.js';
import { noticeMail } from '../notices/notice-mail.js';
import { plainNotice } from '../notices/plain-notice.js';
import { durationText } from './duration-text.js';
import { headerText, isSingleAddress } from './header-text.js';
import { recipientsOf } from './recipients.js';
import { timeText } from './time-text.js';

const opened: BreakerEvent = {
  id: 70,
  generation: 7,
  happened: 'opened',
  appId: 'quiz',
  subscription: null,
  appName: 'Quiz <b>& Co</b>',
  capability: 'quiz_answer',
  at: new Date('2026-11-22T10:00:05.678Z'),
  failingSince: new Date('2026-11-22T09:58:00Z'),
  failureCount: 5,
  cause: 'failures',
  lastError: 'http 500 <script>alert(1)</script>',
  forced: null,
  resetBy: null,
  openMs: null,
  enforced: true,
};
const closed: BreakerEvent = { ...opened, happened: 'closed', openMs: 3_900_000 };
const BASE = 'https://breakwater.example/';

async function breakerMail(
  event: BreakerEvent,
  baseUrl: string,
): Promise<{ subject: string; html: string; text: string }> {
  const notice = noticeFor(breakerNotice(event, 900_000), 'admins');
  return { subject: headerText(notice.title), ...(await noticeMail(notice, baseUrl)) };
}

describe('the mail about an open breaker', () => {
  it('says who, what, since when, how often, why, and what to do, in both parts', async () => {
    const { html, text, subject } = await breakerMail(opened, BASE);
    expect(subject).toBe('Circuit breaker open: quiz_answer of Quiz <b>& Co</b>');
    const facts = [
      'App: Quiz <b>& Co</b> (quiz)',
      'Capability: quiz_answer',
      'Opened at: 2026-11-22 10:00:05 UTC',
      'Failing since: 2026-11-22 09:58:00 UTC',
      'Failures in a row: 5',
      'Last error: http 500 <script>alert(1)</script>',
      'https://breakwater.example/breakers/quiz/quiz_answer',
      'https://breakwater.example/dead-letters?appId=quiz',
      'https://breakwater.example/docs',
      'not called for now',
    ];
    for (const fact of facts) expect(text).toContain(fact);
    // The line for the inbox is in the HTML only.
    expect(text.split('not called for now')).toHaveLength(2);
    expect(html).toContain('href="https://breakwater.example/breakers/quiz/quiz_answer"');
    expect(html).toContain('http 500 &lt;script&gt;');
    expect(html).not.toContain('<script');
  });

  it('names the rate that opened it, in place of failures in a row', async () => {
    const lastError = '9 of 10 calls within 60000 ms took 2000 ms or more';
    const { text } = await breakerMail({ ...opened, cause: 'slow_calls', failureCount: 0, lastError }, BASE);
    expect(text).toContain('Opened by: its rate of slow calls');
    expect(text).toContain(`Last error: ${lastError}`);
    expect(text).not.toContain('Failures in a row');
  });

  it('does not claim that calls are refused in mode observe', async () => {
    const { text } = await breakerMail({ ...opened, enforced: false }, BASE);
    expect(text).toContain('the app is called as before');
    expect(text).not.toContain('not called');
  });

  it('is written when only the opening is known', async () => {
    const { text } = await breakerMail({ ...opened, failingSince: null, lastError: null }, BASE);
    expect(text).toContain('Failing since: 2026-11-22 10:00:05 UTC');
    expect(text).toContain('Last error: unknown');
  });
});

describe('the mail about a closed breaker', () => {
  it('says how long it was open and where the dead letters are', async () => {
    const { text, subject } = await breakerMail(closed, BASE);
    expect(subject).toMatch(/^Circuit breaker closed: quiz_answer of/);
    expect(text).toContain('Open for: 1 h 5 min');
    expect(text).toContain('Had failed since: 2026-11-22 09:58:00 UTC');
    expect(text).toContain('the app answered the test calls');
    expect(text).toContain('/dead-letters?appId=quiz');
  });

  it('names who reset it', async () => {
    const { text } = await breakerMail(
      { ...closed, resetBy: 'key:ops', openMs: null, failingSince: null },
      BASE,
    );
    expect(text).toContain('was reset by key:ops');
    expect(text).toContain('Open for: unknown');
    expect(text).not.toContain('Had failed since');
  });
});

it('any text can be written into a mail, and none adds a line to its subject', async () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(anyText, anyText, fc.constantFrom(opened, closed), async (appName, lastError, event) => {
      const { subject, html } = await breakerMail({ ...event, appName, lastError, resetBy: lastError }, BASE);
      // eslint-disable-next-line no-control-regex
      expect(subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(html).not.toContain('<script');
    }),
    { numRuns: 50 },
  );
});

it('no text changes the reading direction of the words beside it', async () => {
  const marks = '\u202e\u2067\u200f\u061c';
  const notice = breakerNotice({ ...opened, appName: `Quiz${marks}`, lastError: `${marks}fdp.exe` }, 7);
  const { html, text } = await noticeMail(plainNotice(notice), BASE);
  expect(text + plainNotice(notice).title).not.toMatch(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  expect(html).not.toMatch(/[\u061c\u202a-\u202e\u2066-\u2069]/); // The layout itself pads with other invisible marks.
  expect(text).toContain('App: Quiz (quiz)');
  expect(text).toContain('Last error: fdp.exe');
});

describe('which changes of a breaker send mail', () => {
  it.each([
    ['closed', 'open', 'opened'],
    ['half_open', 'closed', 'closed'],
    ['open', 'closed', 'closed'],
    ['open', 'half_open', null],
    ['half_open', 'open', null],
    ['closed', 'closed', null],
  ])('%s to %s: %s', (from, to, mail) => expect(openedOrClosed(from, to)).toBe(mail));
});

describe('text in a header', () => {
  it.each([
    ['a line break', 'Quiz\r\nBcc: all@example.com', 'Quiz Bcc: all@example.com'],
    ['a lone CR', 'a\rb', 'a b'],
    ['other controls', 'a\u0000\u0007\u0085b', 'a b'],
    ['line separators', 'a\u2028b\u2029c', 'a b c'],
    ['a turned reading direction', 'exe.\u202efdp', 'exe. fdp'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['spaces around', '  a   b ', 'a b'],
    ['joined emoji', '👩‍🚀', '👩‍🚀'],
  ])('with %s is one clean line', (_, given, expected) => expect(headerText(given)).toBe(expected));

  it('is cut at 200 characters, never inside of one', () => {
    const cut = headerText('🚀'.repeat(300));
    expect(Array.from(cut)).toHaveLength(200);
    expect(cut).toBe(`${'🚀'.repeat(199)}…`);
    expect(headerText('x'.repeat(200))).toHaveLength(200);
  });
});

describe('a recipient', () => {
  it.each([
    'owner@example.com',
    "o'neil+x@mail.example",
    'ops@localhost',
    'ops@[127.0.0.1]',
    'jörg@müller.example',
  ])('%s can stand alone', (address) => expect(isSingleAddress(address)).toBe(true));
  it.each([
    'a@example.com, b@example.com',
    'a@example.com;b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com\u0000',
    'A <a@example.com>',
    'group: a@example.com',
    '"a,b"@example.com',
    'a@b@example.com',
    'nobody',
    '',
  ])('%j cannot', (address) => expect(isSingleAddress(address)).toBe(false));
});

describe('recipients', () => {
  it.each([
    [
      'the owner and each admin',
      'o@x.example',
      ['a@x.example', 'b@x.example'],
      ['o@x.example', 'a@x.example', 'b@x.example'],
    ],
    [
      'an owner who is an admin once',
      'Ops@X.example',
      ['ops@x.EXAMPLE', 'b@x.example'],
      ['Ops@X.example', 'b@x.example'],
    ],
    [
      'an admin listed twice once',
      'o@x.example',
      ['a@x.example', ' A@x.example '],
      ['o@x.example', 'a@x.example'],
    ],
    ['the admins when the app is gone', null, ['a@x.example'], ['a@x.example']],
    ['nobody when there is nobody', null, [], []],
  ])('are %s', (_, owner, admins, expected) =>
    expect(recipientsOf(owner, admins).map(({ address }) => address)).toEqual(expected),
  );

  it('are admins where they are both', () => {
    expect(
      recipientsOf('Ops@X.example', ['ops@x.EXAMPLE', 'b@x.example']).map(({ isAdmin }) => isAdmin),
    ).toEqual([true, true]);
    expect(recipientsOf('o@x.example', ['b@x.example']).map(({ isAdmin }) => isAdmin)).toEqual([false, true]);
  });
});

describe('the last line of a mail', () => {
  const notice = breakerNotice(opened, 0);

  it.each([
    ['the owner and admins', notice, 'to the owner of the app and to the platform’s admins'],
    ['admins only', { ...notice, audience: 'admins' as const }, 'to the platform’s admins'],
    ['admins, as it is about no app', { ...notice, appId: null }, 'to the platform’s admins'],
  ])('says that it goes to %s', async (_, told, to) => {
    const { text } = await noticeMail(noticeFor(told, 'admins'), BASE);
    expect(text.replaceAll('\n', ' ')).toContain(`Sent by Breakwater ${to}.`);
  });
});

describe('a duration in words', () => {
  it.each([
    [0, 'less than 1 s'],
    [999, 'less than 1 s'],
    [1000, '1 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [3_659_000, '1 h'],
    [3_900_000, '1 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('%i ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));
});

it('a time is shown in UTC', () =>
  expect(timeText(new Date('2026-01-02T03:04:05.999Z'))).toBe('2026-01-02 03:04:05 UTC'));

it('links escape their parts', () => {
  const { steps } = breakerNotice({ ...opened, appId: 'a b', capability: 'c/d' }, 0);
  expect(steps.map(({ path }) => path)).toContain('/breakers/a%20b/c%2Fd');
});
