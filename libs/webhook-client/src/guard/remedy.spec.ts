import { describe, expect, it } from 'vitest';
import { REFUSED_URLS } from '../fixtures/ssrf-vectors.fixture.js';
import { EMPTY_ALLOW_LIST, parseAllowList } from './allow-list.js';
import { refuseAnswers, vetUrl } from './vet-url.js';

const closed = { allow: EMPTY_ALLOW_LIST, allowHttp: false };
const messageOf = (url: string): string => {
  const vetted = vetUrl(url, closed);
  return vetted.ok ? '' : vetted.message;
};
const ENTRY = /OUTBOUND_ALLOW=([^\s,]+)/;

describe('the refusal of a URL', () => {
  it.each([
    [
      'http://localhost:4000/hook',
      'the host name is not public; to open it, set OUTBOUND_ALLOW=localhost:4000, or for development start with `npm start -- --allow-localhost`',
    ],
    [
      'http://127.0.0.1:4000',
      'the address is not public; to open it, set OUTBOUND_ALLOW=127.0.0.1:4000, or for development start with `npm start -- --allow-localhost`',
    ],
    [
      'https://[::1]:8443/',
      'the address is not public; to open it, set OUTBOUND_ALLOW=[::1]:8443, or for development start with `npm start -- --allow-localhost`',
    ],
    [
      'https://orders.internal/',
      'the host name is not public; to open it, set OUTBOUND_ALLOW=orders.internal:443',
    ],
    ['https://10.0.0.7/', 'the address is not public; to open it, set OUTBOUND_ALLOW=10.0.0.7:443'],
    [
      'https://example.com:6379/',
      'port 6379 is not allowed; to open it, set OUTBOUND_ALLOW=example.com:6379',
    ],
    ['http://example.com/', 'only https is allowed; plain http needs OUTBOUND_ALLOW_HTTP=true'],
    ['https://169.254.169.254/', 'metadata services are not reachable'],
    ['https://example.com./', 'a host name may not end with a dot'],
  ])('%s names its remedy', (url, message) => expect(messageOf(url)).toBe(message));

  const urls = REFUSED_URLS.flatMap(([, , each]) => each).filter((url) => ENTRY.test(messageOf(url)));
  it.each(urls)('%j names a setting that allows it', (url) => {
    const [, entry] = ENTRY.exec(messageOf(url))!;
    const { allow, problems } = parseAllowList([entry!]);
    expect(problems).toEqual([]);
    expect(vetUrl(url, { allow, allowHttp: false })).toMatchObject({ ok: true });
  });

  it('because of DNS answers names the host, never the address', () => {
    expect(refuseAnswers('hooks.example.com', 443, ['10.11.12.13'], EMPTY_ALLOW_LIST)?.message).toBe(
      'hooks.example.com resolves to a refused address: the address is not public; to open it, set OUTBOUND_ALLOW=hooks.example.com:443',
    );
  });
});
