import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { SENDERS } from '../../libs/inbound/src/presets/senders.spec-data.js';
import { HttpClient, type Answer } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

const APP = 'shop';
const SOURCES = `/api/v1/apps/${APP}/sources`;
const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';

/** A request without its address: what follows the address begins with `?` or is empty. */
interface Sent {
  method?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Signed as the preset's provider signs: with the secret of the source, or with another. */
  signed?: 'right' | 'wrong';
}

interface Case {
  preset: string;
  options?: Record<string, string>;
  /** Left out: that of the preset's vectors; null: none. */
  secret?: string | null;
  sent: Sent;
  status: number;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
  result?: 'handshake' | 'rejected';
}

const secretOf = (preset: string): string => SENDERS[preset]!.keys.now.secret;
const hmac = (preset: string, text: string, encoding: 'hex' | 'base64'): string =>
  createHmac('sha256', secretOf(preset)).update(text).digest(encoding);
const HUB = '?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=my-token';

const CASES: [title: string, asked: Case][] = [
  [
    'Slack',
    {
      preset: 'slack',
      sent: { body: { type: 'url_verification', challenge: '3eZbrw1a' }, signed: 'right' },
      status: 200,
      type: TEXT,
      body: '3eZbrw1a',
    },
  ],
  [
    'Discord, for interactions',
    {
      preset: 'discord',
      sent: { body: { type: 1, token: 't' }, signed: 'right' },
      status: 200,
      type: JSON_TYPE,
      body: '{"type":1}',
    },
  ],
  ['Discord, for events', { preset: 'discord', sent: { body: { type: 0 }, signed: 'right' }, status: 204 }],
  [
    'Discord, with a wrong signature',
    {
      preset: 'discord',
      sent: { body: { type: 0 }, signed: 'wrong' },
      status: 401,
      body: '',
      result: 'rejected',
    },
  ],
  [
    'Zoom',
    {
      preset: 'zoom',
      sent: {
        body: { event: 'endpoint.url_validation', payload: { plainToken: 'qgg8vlvZ' } },
        signed: 'right',
      },
      status: 200,
      type: JSON_TYPE,
      body: JSON.stringify({ plainToken: 'qgg8vlvZ', encryptedToken: hmac('zoom', 'qgg8vlvZ', 'hex') }),
    },
  ],
  [
    'Meta',
    {
      preset: 'meta',
      options: { verifyToken: 'my-token' },
      sent: { method: 'GET', query: HUB },
      status: 200,
      type: TEXT,
      body: '1158201444',
    },
  ],
  [
    'Meta, with another verify token',
    {
      preset: 'meta',
      options: { verifyToken: 'other' },
      sent: { method: 'GET', query: HUB },
      status: 403,
      body: '',
      result: 'rejected',
    },
  ],
  [
    'Strava',
    {
      preset: 'strava',
      options: { verifyToken: 'my-token' },
      secret: null,
      sent: { method: 'GET', query: HUB },
      status: 200,
      type: JSON_TYPE,
      body: '{"hub.challenge":"1158201444"}',
    },
  ],
  [
    'a hub of WebSub',
    {
      preset: 'websub',
      sent: { method: 'GET', query: '?hub.mode=subscribe&hub.topic=a&hub.challenge=abc' },
      status: 200,
      type: TEXT,
      body: 'abc',
    },
  ],
  [
    'Microsoft Graph',
    {
      preset: 'microsoft-graph',
      sent: { query: '?validationToken=Validation%3a+Testing' },
      status: 200,
      type: TEXT,
      body: 'Validation: Testing',
    },
  ],
  [
    'X',
    {
      preset: 'x',
      sent: { method: 'GET', query: '?crc_token=b3RoZXI' },
      status: 200,
      type: JSON_TYPE,
      body: JSON.stringify({ response_token: `sha256=${hmac('x', 'b3RoZXI', 'base64')}` }),
    },
  ],
  [
    'Dropbox',
    {
      preset: 'dropbox',
      sent: { method: 'GET', query: '?challenge=abc' },
      status: 200,
      type: TEXT,
      body: 'abc',
    },
  ],
  [
    'Nylas',
    {
      preset: 'nylas',
      sent: { method: 'GET', query: '?challenge=abc' },
      status: 200,
      type: TEXT,
      body: 'abc',
    },
  ],
  [
    'Okta',
    {
      preset: 'okta',
      sent: { method: 'GET', headers: { 'x-okta-verification-challenge': 'Me_r' } },
      status: 200,
      type: JSON_TYPE,
      body: '{"verification":"Me_r"}',
    },
  ],
  [
    'CloudEvents',
    {
      preset: 'event-grid',
      sent: { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } },
      status: 200,
      body: '',
      headers: {
        'webhook-allowed-origin': 'eventgrid.azure.net',
        'webhook-allowed-rate': '*',
        allow: 'POST',
      },
    },
  ],
  [
    'Event Grid',
    {
      preset: 'event-grid',
      sent: {
        body: [
          { eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: '512d' } },
        ],
      },
      status: 200,
      type: JSON_TYPE,
      body: '{"validationResponse":"512d"}',
    },
  ],
  [
    'monday.com',
    {
      preset: 'monday',
      sent: { body: { challenge: 'x' } },
      status: 200,
      type: JSON_TYPE,
      body: '{"challenge":"x"}',
    },
  ],
  [
    'Adobe Acrobat Sign',
    {
      preset: 'adobe-sign',
      sent: { method: 'GET', headers: { 'x-adobesign-clientid': secretOf('adobe-sign') } },
      status: 200,
      type: JSON_TYPE,
      body: JSON.stringify({ xAdobeSignClientId: secretOf('adobe-sign') }),
      headers: { 'x-adobesign-clientid': secretOf('adobe-sign') },
    },
  ],
  [
    'Xero',
    {
      preset: 'xero',
      sent: { body: { events: [], entropy: 'S0m3' }, signed: 'right' },
      status: 200,
      body: '',
    },
  ],
  [
    'Xero, with a wrong signature',
    {
      preset: 'xero',
      sent: { body: { events: [], entropy: 'S0m3' }, signed: 'wrong' },
      status: 401,
      body: '',
      result: 'rejected',
    },
  ],
  [
    'Twitch',
    {
      preset: 'twitch',
      sent: {
        body: { challenge: 'pogchamp' },
        headers: { 'twitch-eventsub-message-type': 'webhook_callback_verification' },
        signed: 'right',
      },
      status: 200,
      type: TEXT,
      body: 'pogchamp',
    },
  ],
  [
    'Front',
    {
      preset: 'front',
      sent: { body: { type: 'sync' }, headers: { 'x-front-challenge': 'f0c5' }, signed: 'right' },
      status: 200,
      type: JSON_TYPE,
      body: '{"challenge":"f0c5"}',
    },
  ],
  ['Trello', { preset: 'trello', sent: { method: 'HEAD' }, status: 200, body: '' }],
  [
    'WooCommerce',
    {
      preset: 'woocommerce',
      sent: { body: 'webhook_id=17', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      status: 200,
      body: '',
    },
  ],
];

/** A source of a preset, made over the API; its requests are sent without a key of ours. */
class Source {
  private static count = 0;

  private constructor(
    readonly shown: { id: string; name: string; url: string },
    private readonly preset: string,
    private readonly door: HttpClient,
  ) {}

  static async make(
    platform: Platform,
    api: Role,
    { preset, options, secret }: Pick<Case, 'preset' | 'options' | 'secret'>,
  ): Promise<Source> {
    const given = secret === undefined ? secretOf(preset) : secret;
    const { status, json, text } = await platform.client(api).post(SOURCES, {
      name: `s${++Source.count}`,
      verification: { preset, ...options },
      ...(given === null ? {} : { secret: given }),
    });
    if (status !== 201) throw new Error(`no source: ${text}`);
    return new Source(json as { id: string; name: string; url: string }, preset, new HttpClient(api.url));
  }

  async send({ method = 'POST', query = '', headers = {}, body, signed }: Sent): Promise<Answer> {
    const bytes = Buffer.from(
      body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
    );
    const ofSender = signed === undefined ? {} : this.signature(bytes, signed);
    return this.door.request(method, new URL(this.shown.url).pathname + query, {
      headers: { ...ofSender, ...headers },
      ...(method === 'POST' ? { body: bytes } : {}),
    });
  }

  private signature(body: Buffer, signed: 'right' | 'wrong'): Record<string, string> {
    const { keys, sign } = SENDERS[this.preset]!;
    const key = signed === 'right' ? keys.now : keys.stranger;
    const { headers } = sign({ key, id: 'evt_1', at: new Date(), body, url: this.shown.url });
    return Object.fromEntries(headers);
  }
}

interface Row {
  result: string;
  reason: string | null;
  detail: string | null;
  headers: string;
  body: string;
}

describe('a challenge over HTTP', () => {
  let platform: Platform;
  let api: Role;

  beforeAll(async () => {
    platform = await Platform.start();
    api = await platform.api();
    await platform.register(api, {}, APP);
  });
  afterAll(() => platform?.stop());

  const captured = ({ shown }: Source): Promise<(Row & Record<string, unknown>)[]> =>
    platform.rows(
      `SELECT result, reason, detail, headers::text, convert_from(body, 'UTF8') AS body FROM captures
       WHERE source_id = $1 ORDER BY id`,
      shown.id,
    );

  it.each(CASES)(
    'of %s is answered, and is no event',
    async (_, { status, type, body, headers, result = 'handshake', ...asked }) => {
      const source = await Source.make(platform, api, asked);
      const answer = await source.send(asked.sent);
      expect({ status: answer.status, body: answer.text }).toEqual({ status, body: body ?? '' });
      expect(answer.headers['content-type']).toBe(type);
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', ...headers });
      expect((await captured(source)).map((row) => row.result)).toEqual([result]);
    },
  );

  it('of Zoom is answered again, as Zoom asks every 72 hours, with the newest secret', async () => {
    const source = await Source.make(platform, api, { preset: 'zoom' });
    const ask = (plainToken: string): Promise<Answer> =>
      source.send({ body: { event: 'endpoint.url_validation', payload: { plainToken } }, signed: 'right' });
    for (const token of ['first', 'second']) {
      expect((await ask(token)).json).toEqual({
        plainToken: token,
        encryptedToken: hmac('zoom', token, 'hex'),
      });
    }
  });

  it('of Slack without a signature is refused', async () => {
    const source = await Source.make(platform, api, { preset: 'slack' });
    const answer = await source.send({ body: { type: 'url_verification', challenge: 'x' } });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('"challenge"');
    expect(await captured(source)).toMatchObject([{ result: 'rejected', reason: 'header_missing' }]);
  });

  it('to a source of another preset is no challenge', async () => {
    const source = await Source.make(platform, api, { preset: 'github' });
    expect((await source.send({ method: 'GET', query: '?challenge=abc' })).status).toBe(401);
  });

  describe('of Asana', () => {
    const secret = 'b537207f20cbfa02357cf448134da559';
    const events = '{"events":[]}';
    const signature = createHmac('sha256', secret).update(events).digest('hex');
    let source: Source;
    beforeAll(async () => {
      source = await Source.make(platform, api, { preset: 'asana', secret: null });
    });

    it('gives the source its secret', async () => {
      const answer = await source.send({ headers: { 'x-hook-secret': secret } });
      expect([answer.status, answer.headers['x-hook-secret'], answer.text]).toEqual([200, secret, '']);
      const event = await source.send({ body: events, headers: { 'x-hook-signature': signature } });
      expect(event.status, event.text).toBe(200);
    });

    it('is not stored: it has the secret in it', async () => {
      const rows = await captured(source);
      expect(rows[0]).toMatchObject({ result: 'handshake', reason: 'asana', headers: '[]', body: '' });
      expect(JSON.stringify(rows)).not.toContain(secret);
      for (const role of platform.roles) expect(role.output).not.toContain(secret);
    });

    it('may be repeated, and never replaces the secret', async () => {
      expect((await source.send({ headers: { 'x-hook-secret': secret } })).status).toBe(200);
      const other = await source.send({ headers: { 'x-hook-secret': 'another' } });
      expect([other.status, other.headers['x-hook-secret']]).toEqual([403, undefined]);
      const event = await source.send({ body: events, headers: { 'x-hook-signature': signature } });
      expect(event.status).toBe(200);
    });
  });

  it('of Notion is shown to the owner of the source, and not stored', async () => {
    const source = await Source.make(platform, api, { preset: 'notion', secret: null });
    const token = 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl';
    expect((await source.send({ body: { verification_token: token } })).status).toBe(200);
    const [row] = await captured(source);
    expect(row).toMatchObject({ result: 'handshake', reason: 'notion', headers: '[]', body: '' });
    const { json } = await platform.client(api).get(`${SOURCES}/${source.shown.name}/captures`);
    expect(json.items[0].detail).toContain(token);
  });
});

describe('while the database is away', () => {
  let postgres: PrivatePostgres;
  let platform: Platform;
  let slack: Source;

  beforeAll(async () => {
    postgres = await PrivatePostgres.start();
    platform = await Platform.start({ databaseUrl: postgres.url });
    const api = await platform.api();
    await platform.register(api, {}, APP);
    slack = await Source.make(platform, api, { preset: 'slack' });
    // Its process knows the source from now on.
    await slack.send({ body: { event_id: 'Ev1' }, signed: 'right' });
    await postgres.stop();
  }, 120_000);
  afterAll(async () => {
    await postgres?.startAgain();
    await platform?.stop();
    await postgres?.remove();
  }, 120_000);

  it('a challenge of Slack is answered, from what the process knows', async () => {
    const answer = await slack.send({
      body: { type: 'url_verification', challenge: 'abc' },
      signed: 'right',
    });
    expect([answer.status, answer.text]).toEqual([200, 'abc']);
  });

  it('an event is answered with 503: its sender repeats it', async () => {
    const answer = await slack.send({ body: { event_id: 'Ev2' }, signed: 'right' });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});
