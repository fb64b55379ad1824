import { afterEach, describe, expect, it } from 'vitest';
import { Stage } from './fixtures/client.fixture.js';
import { httpReceiver, httpsReceiver, pem, type Receiver } from './fixtures/receiver.fixture.js';
import type { ClientCertificate } from './webhook-client.js';

const stage = new Stage();
afterEach(() => stage.close());

const trusting = { extraCertificateAuthorities: [pem('authority')], maxConnectionsPerOrigin: 1 };
const demanding = (more: object = {}): Receiver =>
  httpsReceiver('good', { ca: pem('authority'), requestCert: true, rejectUnauthorized: true, ...more });
const certificateOf = (name: string): ClientCertificate => ({
  certificate: pem(name),
  key: pem('key'),
  fingerprint: name,
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a receiver that demands a client certificate, with %s',
  (version) => {
    const only = { minVersion: version, maxVersion: version };

    it('gets it', async () => {
      const receiver = demanding(only);
      const client = await stage.start(receiver, trusting);
      const clientCertificate = certificateOf('client');
      expect((await stage.call(receiver, { clientCertificate }, client)).kind).toBe('delivered');
      expect((await client.probe({ url: receiver.url, timeoutMs: 5000, clientCertificate })).kind).toBe(
        'delivered',
      );
      expect(receiver.connections).toBe(1);
    });

    it('and gets none gives the outcome tls, which says so', async () => {
      const receiver = demanding(only);
      const outcome = await stage.call(receiver, {}, await stage.start(receiver, trusting));
      expect(outcome).toMatchObject({
        kind: 'tls',
        message: expect.stringMatching(/client certificate/) as string,
      });
      expect(receiver.received).toEqual([]);
    });
  },
);

describe('connections with a client certificate', () => {
  it('carry no call without it, nor with another', async () => {
    const receiver = demanding({ rejectUnauthorized: false });
    const client = await stage.start(receiver, trusting);
    const certificates = [certificateOf('client'), undefined, certificateOf('good')];
    for (const clientCertificate of [...certificates, ...certificates])
      expect((await stage.call(receiver, { clientCertificate }, client)).kind).toBe('delivered');
    expect(receiver.connections).toBe(3);
    expect(client.originCount).toBe(3);
  });

  it('are kept while the certificate is the same, whichever object holds it', async () => {
    const receiver = demanding();
    const client = await stage.start(receiver, trusting);
    for (let call = 0; call < 3; call++)
      await stage.call(receiver, { clientCertificate: certificateOf('client') }, client);
    expect(receiver.received).toHaveLength(3);
    expect(receiver.connections).toBe(1);
  });

  it('cannot be made with a damaged one: the outcome is tls, and the next call goes out', async () => {
    const receiver = demanding();
    const client = await stage.start(receiver, trusting);
    const damaged = { ...certificateOf('client'), key: 'nonsense', fingerprint: 'damaged' };
    expect((await stage.call(receiver, { clientCertificate: damaged }, client)).kind).toBe('tls');
    const clientCertificate = certificateOf('client');
    expect((await stage.call(receiver, { clientCertificate }, client)).kind).toBe('delivered');
  });

  it('are not needed over plain HTTP', async () => {
    const receiver = httpReceiver();
    const client = await stage.start(receiver, { allowHttp: true });
    const clientCertificate = certificateOf('client');
    expect((await stage.call(receiver, { clientCertificate }, client)).kind).toBe('delivered');
  });
});
