import { expect, it } from 'vitest';
import type { ResolvedEndpoint } from '@breakwater/manifest';
import { atOtherUrl } from './at-other-url.js';

it('another URL is called with the secrets of the endpoint, without its headers and its certificate', () => {
  const certificate = { certificate: 'c', key: 'k' };
  const endpoint = {
    url: 'https://own',
    secrets: ['whsec_x'],
    headers: { a: 'b' },
  } as unknown as ResolvedEndpoint;
  const other = atOtherUrl(
    { ...endpoint, clientCertificate: certificate as unknown as ResolvedEndpoint['clientCertificate'] },
    'https://other',
  );
  expect(other).toMatchObject({
    url: 'https://other',
    secrets: ['whsec_x'],
    headers: {},
    clientCertificate: null,
  });
});
