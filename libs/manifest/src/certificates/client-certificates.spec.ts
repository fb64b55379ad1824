import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caught } from '@breakwater/testing/caught.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { newEncryptionKey, World } from '@breakwater/testing/world.js';
import { manifest, startProcess, type Process } from '../process.fixture.js';
import { AppNotFoundError } from '../registry/app.error.js';
import { ClientCertificateInvalidError, ClientCertificateNotFoundError } from './client-certificate.error.js';

const pem = (name: string): string =>
  readFileSync(new URL(`../../../webhook-client/src/fixtures/${name}.pem`, import.meta.url), 'utf8');
const upload = { certificate: pem('client'), key: pem('key') };

let world: World;
let main: Process;
beforeAll(async () => {
  world = await World.start();
  main = await startProcess(world);
});
afterAll(() => world.stop());

const register = (appId: string) => main.registry.register(appId, manifest({ a: '/a' }), 't');

describe("an app's client certificate", () => {
  it('is sealed, shown without its key, and comes with each endpoint of that app, also in other processes', async () => {
    await register('one');
    await register('two');
    const other = await startProcess(world);
    await other.directory.find('one', 'a');
    const view = await main.certificates.put('one', upload, 'admin');
    expect(view).toMatchObject({ subject: 'CN=client of quiz-night', createdBy: 'admin' });
    expect(await main.certificates.get('one')).toEqual(view);
    expect(JSON.stringify(view)).not.toContain('PRIVATE');
    const { rows } = await world.db.query<{ row: string }>(
      'SELECT c::text AS row FROM client_certificates c',
    );
    expect(rows[0]!.row).not.toContain('PRIVATE');
    const expected = { ...upload, fingerprint: view.fingerprint };
    expect((await main.directory.find('one', 'a'))!.clientCertificate).toEqual(expected);
    expect(await main.directory.certificateOf('one')).toEqual(expected);
    expect((await main.directory.find('two', 'a'))!.clientCertificate).toBeNull();
    expect(await main.directory.certificateOf('nobody')).toBeNull();
    await eventually(async () => (await other.directory.certificateOf('one')) !== null, { what: 'the hint' });
  });

  it('is replaced by the next one, and is gone when it is deleted', async () => {
    await register('gone');
    await main.certificates.put('gone', upload, 'first');
    expect(await main.certificates.put('gone', upload, 'second')).toMatchObject({ createdBy: 'second' });
    await main.certificates.delete('gone');
    expect((await main.directory.find('gone', 'a'))!.clientCertificate).toBeNull();
    expect(await caught(main.certificates.get('gone'))).toBeInstanceOf(ClientCertificateNotFoundError);
    expect(await caught(main.certificates.delete('gone'))).toBeInstanceOf(ClientCertificateNotFoundError);
  });

  it('goes with its app', async () => {
    await register('deleted');
    await main.certificates.put('deleted', upload, 't');
    await main.apps.delete('deleted');
    expect(await caught(main.certificates.get('deleted'))).toBeInstanceOf(ClientCertificateNotFoundError);
  });

  it.each(['nobody', 'a\u0000'])('is for apps that exist: %j', async (appId) => {
    expect(await caught(main.certificates.put(appId, upload, 't'))).toBeInstanceOf(AppNotFoundError);
    expect(await caught(main.certificates.get(appId))).toBeInstanceOf(ClientCertificateNotFoundError);
  });

  it('that cannot be used is refused, and the one before stays', async () => {
    await register('kept');
    await main.certificates.put('kept', upload, 't');
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const error = (await caught(
      main.certificates.put('kept', { ...upload, key }, 't'),
    )) as ClientCertificateInvalidError;
    expect(error.problems).toMatchObject([{ pointer: '/key', rule: 'key_match' }]);
    expect((await main.directory.certificateOf('kept'))!.key).toBe(upload.key);
  });

  it('is sealed anew after a change of encryption key', async () => {
    await register('resealed');
    await main.certificates.put('resealed', upload, 't');
    const newest = newEncryptionKey().replace(/^k1/, 'newest');
    const old = main.encryptionKeys.map(({ id, key }) => `${id}:${key.toString('base64')}`);
    const next = await startProcess(world, { ENCRYPTION_KEYS: [newest, ...old].join(',') });
    await next.resealer.run();
    const { rows } = await world.db.query(
      `SELECT DISTINCT split_part(sealed, '.', 2) AS key FROM client_certificates`,
    );
    expect(rows).toEqual([{ key: 'newest' }]);
    expect(await next.directory.certificateOf('resealed')).toMatchObject(upload);
  });
});
