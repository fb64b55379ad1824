import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { ACCEPTED_URLS, REFUSED_URLS } from '../fixtures/ssrf-vectors.fixture.js';
import { EMPTY_ALLOW_LIST, parseAllowList } from './allow-list.js';
import { refuseAnswers, vetUrl } from './vet-url.js';

const closed = { allow: EMPTY_ALLOW_LIST, allowHttp: false };
const opened = (...entries: string[]) => ({ allow: parseAllowList(entries).allow, allowHttp: false });
const rule = (url: string, policy = closed) => {
  const vetted = vetUrl(url, policy);
  return vetted.ok ? 'ok' : vetted.rule;
};

describe.each(REFUSED_URLS)('%s', (_, expected, urls) => {
  it.each(urls)('%j is refused', (url) => expect(rule(url)).toBe(expected));

  it.each(urls)('%j is still refused when http is allowed', (url) => {
    const refused = rule(url, { ...closed, allowHttp: true }) !== 'ok';
    expect(refused).toBe(url !== 'http://example.com/');
  });
});

describe('a public URL', () => {
  it.each(ACCEPTED_URLS)('%j passes', (url) => expect(rule(url)).toBe('ok'));

  it('becomes a target to call', () => {
    expect(vetUrl('https://EXAMPLE.com:8443/a%20b?c#'.slice(0, -1), closed)).toEqual({
      ok: true,
      target: {
        origin: 'https://example.com:8443',
        path: '/a%20b?c',
        host: 'example.com',
        port: 8443,
        needsDns: true,
      },
    });
    expect(vetUrl('https://[2606:4700:4700::1111]/', closed)).toMatchObject({
      target: { host: '2606:4700:4700:0:0:0:0:1111', port: 443, needsDns: false },
    });
  });
});

it('text that is not a string is refused', () => {
  expect(rule(undefined as unknown as string)).toBe('malformed');
});

describe('an allowed host', () => {
  it.each([
    ['127.0.0.1:7001', 'http://127.0.0.1:7001/', 'ok'],
    ['127.0.0.1:7001', 'https://127.0.0.1:7001/', 'ok'],
    ['127.0.0.1:7001', 'http://2130706433:7001/', 'ok'],
    ['127.0.0.1:7001', 'http://127.0.0.1:7002/', 'address'],
    ['127.0.0.1:7001', 'http://127.0.0.2:7001/', 'address'],
    ['127.0.0.1:7001', 'http://[::ffff:127.0.0.1]:7001/', 'address'],
    ['127.0.0.1:6379', 'http://127.0.0.1:6379/', 'ok'],
    ['127.0.0.1', 'http://127.0.0.1:3000/', 'ok'],
    ['127.0.0.1', 'http://127.0.0.1:6379/', 'port'],
    ['[::1]:8080', 'http://[::1]:8080/', 'ok'],
    ['[::1]:8080', 'http://[0:0::1]:8080/', 'ok'],
    ['localhost:3000', 'http://localhost:3000/', 'ok'],
    ['localhost:3000', 'http://127.0.0.1:3000/', 'address'],
    ['app.local:3000', 'http://app.local:3000/', 'ok'],
    ['app.local:3000', 'http://APP.local:3000/', 'ok'],
    ['app.local:3000', 'http://app.local:3000@10.0.0.1/', 'userinfo'],
    ['app.local:3000', 'http://x.app.local:3000/', 'name'],
    ['app.local:3000', 'http://app.local./', 'name'],
    ['receiver', 'http://receiver/', 'ok'],
    ['10.0.0.0/8', 'http://10.1.2.3:8080/', 'ok'],
    ['10.0.0.0/8', 'http://10.1.2.3:6379/', 'port'],
    ['10.0.0.0/8', 'http://11.1.2.3/', 'scheme'],
    ['example.com:80', 'http://example.com/', 'ok'],
    ['example.com:80', 'http://example.com:81/', 'scheme'],
    ['0.0.0.0/0', 'http://169.254.169.254/', 'metadata'],
    ['169.254.169.254/32', 'http://169.254.169.254/', 'metadata'],
    ['::/0', 'http://[fd00:ec2::254]/', 'metadata'],
    ['::/0', 'http://[::ffff:169.254.169.254]/', 'metadata'],
    ['::/0', 'http://[64:ff9b::a9fe:a9fe]/', 'metadata'],
    ['::/0', 'http://[2002:a9fe:a9fe::1]/', 'metadata'],
    ['169.254.169.254', 'http://169.254.169.254/', 'ok'],
    ['metadata.google.internal', 'http://metadata.google.internal/', 'ok'],
  ])('%s allows %s: %s', (entry, url, expected) => {
    expect(rule(url, opened(entry))).toBe(expected);
  });
});

describe('the answers of DNS', () => {
  const answers = (addresses: string[], allow = EMPTY_ALLOW_LIST, host = 'hooks.example.com', port = 443) =>
    refuseAnswers(host, port, addresses, allow)?.rule ?? 'ok';

  it.each([
    [['8.8.8.8'], 'ok'],
    [['8.8.8.8', '2606:4700:4700::1111'], 'ok'],
    [['127.0.0.1'], 'address'],
    [['8.8.8.8', '10.0.0.1'], 'address'],
    [['8.8.8.8', '::1'], 'address'],
    [['8.8.8.8', '::ffff:8.8.8.8'], 'address'],
    [['8.8.8.8', '169.254.169.254'], 'metadata'],
    [['fe80::1%eth0'], 'malformed'],
    [['nonsense'], 'malformed'],
  ])('%j: %s', (addresses, expected) => expect(answers(addresses)).toBe(expected));

  it('may be private when the name is allowed, but never metadata or unreadable', () => {
    const { allow } = opened('app.local:3000');
    expect(answers(['10.0.0.1', '127.0.0.1'], allow, 'app.local', 3000)).toBe('ok');
    expect(answers(['10.0.0.1'], allow, 'app.local', 3001)).toBe('address');
    expect(answers(['169.254.169.254'], allow, 'app.local', 3000)).toBe('metadata');
    expect(answers(['fe80::1%eth0'], allow, 'app.local', 3000)).toBe('malformed');
  });

  it('may be addresses that are allowed themselves', () => {
    expect(answers(['10.0.0.1'], opened('10.0.0.0/8').allow)).toBe('ok');
    expect(answers(['10.0.0.1'], opened('10.0.0.1:443').allow)).toBe('ok');
    expect(answers(['10.0.0.1'], opened('10.0.0.1:444').allow)).toBe('address');
  });

  it('are not shown to the caller', () => {
    const refusal = refuseAnswers('hooks.example.com', 443, ['10.11.12.13'], EMPTY_ALLOW_LIST);
    expect(refusal!.message).not.toContain('10.11');
  });
});

describe('for every IPv4 address', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const bytes = fc.tuple(octet, octet, octet, octet);

  it('every spelling gets the same verdict as the plain one', () => {
    fc.assert(
      fc.property(bytes, ([a, b, c, d]) => {
        const whole = ((a * 256 + b) * 256 + c) * 256 + d;
        const plain = rule(`https://${a}.${b}.${c}.${d}/`);
        const spellings = [
          String(whole),
          `0x${whole.toString(16)}`,
          `0${whole.toString(8)}`,
          `${a}.${(b * 256 + c) * 256 + d}`,
          `0${a.toString(8)}.0x${b.toString(16)}.${c * 256 + d}`,
          `${a}.${b}.${c}.${d}.`,
        ];
        for (const host of spellings) expect(rule(`https://${host}/`)).toBe(plain);
      }),
    );
  });

  it('no translation into IPv6 passes', () => {
    fc.assert(
      fc.property(bytes, ([a, b, c, d]) => {
        const high = ((a << 8) | b).toString(16);
        const low = ((c << 8) | d).toString(16);
        const forms = [`::ffff:${high}:${low}`, `::${high}:${low}`, `::ffff:0:${high}:${low}`];
        forms.push(`64:ff9b::${high}:${low}`, `64:ff9b:1::${high}:${low}`, `2002:${high}:${low}::1`);
        for (const host of forms) expect(rule(`https://[${host}]/`)).not.toBe('ok');
      }),
    );
  });
});

it('for every IPv6 address that passes, it lies in 2000::/3', () => {
  const parts = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(parts, (words) => {
      const address = new ipaddr.IPv6(words);
      if (rule(`https://[${address.toNormalizedString()}]/`) === 'ok') expect(words[0]! >> 13).toBe(1);
    }),
  );
});

it('for every text, the verdict is a value and never an exception', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.string().map((s) => `https://${s}/`),
  );
  fc.assert(
    fc.property(text, (url) => {
      expect(typeof vetUrl(url, closed).ok).toBe('boolean');
    }),
  );
});
