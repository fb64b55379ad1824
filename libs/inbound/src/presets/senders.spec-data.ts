import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign as signBytes,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * How each provider signs, written by hand from its documentation, with node:crypto only and without the engine: what
 * the presets' specs send.
 */
export interface Sender {
  /** Signs with the pasted or private half of a key; `secret` is what the source is given. */
  keys: { now: Key; old: Key; stranger: Key };
  sign: (message: Message) => Sent;
  /** Values of the source's options. */
  options?: Record<string, string>;
  /** The signature's text can be put in front of another one: how. */
  twice?: (wrong: Sent, right: Sent) => Sent;
  /** A body that the provider sends; any bytes are signed where it is left out. */
  body?: (id: string, at: Date) => Buffer;
  /** `fields`: the signature covers parts of the body only; `nothing`: none of it. */
  covers?: 'fields' | 'nothing';
}

export interface Key {
  secret: string;
  private?: KeyObject;
  /** Name of the certificate or key set that the verifier fetches. */
  fetched?: string;
}

export interface Message {
  key: Key;
  id: string;
  at: Date;
  body: Buffer;
  url: string;
}

export interface Sent {
  headers: [string, string][];
  body: Buffer;
  url?: string;
  method?: string;
  keys?: Map<string, string>;
}

type Encoding = 'hex' | 'base64' | 'base64url';

const hmac = (
  algorithm: string,
  key: string | Buffer,
  encoding: Encoding,
  ...parts: (string | Buffer)[]
): string => {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
};
const sha256 = (body: Buffer, encoding: Encoding): string =>
  createHash('sha256').update(body).digest(encoding);
const seconds = (at: Date): string => String(Math.floor(at.getTime() / 1000));
const text = (now: string, old: string, stranger: string): Sender['keys'] => ({
  now: { secret: now },
  old: { secret: old },
  stranger: { secret: stranger },
});
const plain = text('sec_new_51b8', 'sec_old_77aa', 'sec_of_somebody_else');
const base64 = (prefix: string): Sender['keys'] =>
  text(
    prefix + Buffer.from('the new key of 24 bytes!').toString('base64'),
    prefix + Buffer.from('the old key of 24 bytes!').toString('base64'),
    prefix + Buffer.from('a key of somebody else, ').toString('base64'),
  );
const whsec = base64('whsec_');

/** Signature of the body alone, in one header. */
const ofBody = (header: string, algorithm: string, encoding: Encoding, before = ''): Sender => ({
  keys: plain,
  sign: ({ key, body }) => ({
    headers: [[header, before + hmac(algorithm, key.secret, encoding, body)]],
    body,
  }),
});

/** `t=…,v1=…` over `{t}.{body}`. */
const timed = (
  header: string,
  {
    field = 'v1',
    separator = ',',
    encoding = 'hex',
    unit = 's',
  }: { field?: string; separator?: string; encoding?: Encoding; unit?: 's' | 'ms' } = {},
): Sender => ({
  keys: plain,
  sign: ({ key, at, body }) => {
    const t = unit === 's' ? seconds(at) : String(at.getTime());
    return {
      headers: [
        [header, `t=${t}${separator}${field}=${hmac('sha256', key.secret, encoding, `${t}.`, body)}`],
      ],
      body,
    };
  },
  twice: (wrong, right) => {
    const [, signature = ''] = wrong.headers[0]![1].split(separator);
    const [t = '', good = ''] = right.headers[0]![1].split(separator);
    return { headers: [[header, [t, signature, good].join(separator)]], body: right.body };
  },
});

/** `v0=…` over `v0:{timestamp}:{body}`. */
const versioned = (signature: string, timestamp: string): Sender => ({
  keys: plain,
  sign: ({ key, at, body }) => ({
    headers: [
      [timestamp, seconds(at)],
      [signature, `v0=${hmac('sha256', key.secret, 'hex', `v0:${seconds(at)}:`, body)}`],
    ],
    body,
  }),
});

const standard = (prefix: string): Sender => ({
  keys: whsec,
  sign: ({ key, id, at, body }) => {
    const bytes = Buffer.from(key.secret.slice('whsec_'.length), 'base64');
    return {
      headers: [
        [`${prefix}-id`, id],
        [`${prefix}-timestamp`, seconds(at)],
        [`${prefix}-signature`, `v1,${hmac('sha256', bytes, 'base64', `${id}.${seconds(at)}.`, body)}`],
      ],
      body,
    };
  },
  twice: (wrong, right) => ({
    ...right,
    headers: [
      ...right.headers.slice(0, 2),
      [`${prefix}-signature`, `${wrong.headers[2]![1]} ${right.headers[2]![1]}`],
    ],
  }),
});

const shared = (header: string, extra: [string, string][] = []): Sender => ({
  keys: plain,
  sign: ({ key, body }) => ({ headers: [[header, key.secret], ...extra], body }),
  covers: 'nothing',
});

/** The secret is a member of the body. */
const inBody = (body: (secret: string) => unknown): Sender => ({
  keys: text('evt_1', 'evt_0', 'evt_3'),
  covers: 'fields',
  sign: ({ key }) => ({ headers: [], body: Buffer.from(JSON.stringify(body(key.secret))) }),
});

const basic: Sender = {
  keys: text('hooks:new:pass', 'hooks:old:pass', 'hooks:else'),
  sign: ({ key, body }) => ({
    headers: [['Authorization', `Basic ${Buffer.from(key.secret).toString('base64')}`]],
    body,
  }),
  covers: 'nothing',
};

const ed25519 = (paste: (raw: Buffer) => string): Sender['keys'] => {
  const make = (): Key => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url');
    return { secret: paste(raw), private: privateKey };
  };
  return { now: make(), old: make(), stranger: make() };
};

const p256 = (paste: (key: KeyObject) => string): Sender['keys'] => {
  const make = (): Key => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { secret: paste(publicKey), private: privateKey };
  };
  return { now: make(), old: make(), stranger: make() };
};

/** A token of RFC 7515, made by hand. */
export function token(key: Key, header: Record<string, unknown>, claims: Record<string, unknown>): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  const alg = String(header['alg']);
  if (alg.startsWith('HS')) return `${signed}.${hmac(`sha${alg.slice(2)}`, key.secret, 'base64url', signed)}`;
  const digest = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const signature = signBytes(digest, Buffer.from(signed), { key: key.private!, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const rsa = (name: string): Key => ({
  secret: '',
  private: createPrivateKey(fixture(`${name}.key.pem`)),
  fetched: fixture(`${name}.pem`),
});
/** A provider that signs by certificate has one at a time; a change of it has another URL. */
const certificates: Sender['keys'] = { now: rsa('provider'), old: rsa('other'), stranger: rsa('other') };

const twoParams = (at: Date): string => `CallSid=CA1&Body=caf%C3%A9+x&Tag=b&Tag=a&Tag=b&At=${seconds(at)}`;
const formSigned = (header: string, body: (at: Date) => string, sorted: (at: Date) => string): Sender => ({
  keys: plain,
  body: (_, at) => Buffer.from(body(at)),
  sign: ({ key, url, at, body: bytes }) => ({
    headers: [
      ['Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8'],
      [header, hmac('sha1', key.secret, 'base64', url + sorted(at))],
    ],
    body: bytes,
  }),
});

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const adyenItem = (id: string): Record<string, unknown> => ({
  pspReference: id,
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'TestPayment-1407325143704',
  amount: { value: 1130, currency: 'EUR' },
  eventCode: 'AUTHORISATION',
  success: 'true',
});
const adyenText = (id: string): string =>
  `${id}::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true`;

const snsText = (fields: Record<string, string>, names: string[]): string =>
  names.map((name) => (fields[name] === undefined ? '' : `${name}\n${fields[name]}\n`)).join('');

export const SENDERS: Record<string, Sender> = {
  'standard-webhooks': standard('webhook'),
  breakwater: standard('webhook'),
  gitlab: standard('webhook'),
  svix: standard('svix'),
  'standard-webhooks-ed25519': {
    keys: ed25519((raw) => `whpk_${raw.toString('base64')}`),
    sign: ({ key, id, at, body }) => {
      const message = Buffer.concat([Buffer.from(`${id}.${seconds(at)}.`), body]);
      return {
        headers: [
          ['webhook-id', id],
          ['webhook-timestamp', seconds(at)],
          ['webhook-signature', `v1a,${signBytes(null, message, key.private!).toString('base64')}`],
        ],
        body,
      };
    },
    twice: (wrong, right) => ({
      ...right,
      headers: [
        ...right.headers.slice(0, 2),
        ['webhook-signature', `${wrong.headers[2]![1]} ${right.headers[2]![1]}`],
      ],
    }),
  },
  github: ofBody('X-Hub-Signature-256', 'sha256', 'hex', 'sha256='),
  meta: ofBody('X-Hub-Signature-256', 'sha256', 'hex', 'sha256='),
  snyk: ofBody('X-Hub-Signature', 'sha256', 'hex', 'sha256='),
  bitbucket: ofBody('X-Hub-Signature', 'sha256', 'hex', 'sha256='),
  jira: ofBody('X-Hub-Signature', 'sha256', 'hex', 'sha256='),
  intercom: ofBody('X-Hub-Signature', 'sha1', 'hex', 'sha1='),
  'gitlab-token': shared('X-Gitlab-Token'),
  stripe: timed('Stripe-Signature'),
  calendly: timed('Calendly-Webhook-Signature'),
  workos: timed('WorkOS-Signature', { separator: ', ', unit: 'ms' }),
  elevenlabs: timed('ElevenLabs-Signature', { field: 'v0' }),
  sanity: timed('sanity-webhook-signature', { encoding: 'base64url', unit: 'ms' }),
  shopify: ofBody('X-Shopify-Hmac-Sha256', 'sha256', 'base64'),
  woocommerce: ofBody('X-WC-Webhook-Signature', 'sha256', 'base64'),
  slack: versioned('X-Slack-Signature', 'X-Slack-Request-Timestamp'),
  zoom: versioned('x-zm-signature', 'x-zm-request-timestamp'),
  twilio: formSigned('X-Twilio-Signature', twoParams, (at) => `At${seconds(at)}Bodycafé xCallSidCA1TagaTagb`),
  mandrill: formSigned(
    'X-Mandrill-Signature',
    (at) => `mandrill_events=%5B%7B%22ts%22%3A${seconds(at)}%7D%5D`,
    (at) => `mandrill_events[{"ts":${seconds(at)}}]`,
  ),
  linear: {
    keys: plain,
    body: (_, at) => json({ action: 'create', webhookTimestamp: at.getTime() }),
    sign: ({ key, body }) => ({
      headers: [['Linear-Signature', hmac('sha256', key.secret, 'hex', body)]],
      body,
    }),
  },
  paddle: {
    keys: plain,
    sign: ({ key, at, body }) => ({
      headers: [
        [
          'Paddle-Signature',
          `ts=${seconds(at)};h1=${hmac('sha256', key.secret, 'hex', `${seconds(at)}:`, body)}`,
        ],
      ],
      body,
    }),
    twice: (wrong, right) => {
      const [, signature = ''] = wrong.headers[0]![1].split(';');
      const [ts = '', good = ''] = right.headers[0]![1].split(';');
      return { headers: [['Paddle-Signature', [ts, signature, good].join(';')]], body: right.body };
    },
  },
  paypal: {
    keys: certificates,
    options: { webhookId: '1JE4291016473214C' },
    sign: ({ key, id, at, body }) => {
      const url = `https://api.paypal.com/v1/notifications/certs/CERT-${id}`;
      const signed = `${id}|${at.toISOString()}|1JE4291016473214C|${crc32(body)}`;
      return {
        headers: [
          ['PAYPAL-TRANSMISSION-ID', id],
          ['PAYPAL-TRANSMISSION-TIME', at.toISOString()],
          [
            'PAYPAL-TRANSMISSION-SIG',
            signBytes('sha256', Buffer.from(signed), key.private!).toString('base64'),
          ],
          ['PAYPAL-CERT-URL', url],
          ['PAYPAL-AUTH-ALGO', 'SHA256withRSA'],
        ],
        body,
        keys: new Map([[url, key.fetched!]]),
      };
    },
  },
  square: {
    keys: plain,
    sign: ({ key, url, body }) => ({
      headers: [['x-square-hmacsha256-signature', hmac('sha256', key.secret, 'base64', url, body)]],
      body,
    }),
  },
  discord: {
    keys: ed25519((raw) => raw.toString('hex')),
    sign: ({ key, at, body }) => ({
      headers: [
        [
          'X-Signature-Ed25519',
          signBytes(null, Buffer.concat([Buffer.from(seconds(at)), body]), key.private!).toString('hex'),
        ],
        ['X-Signature-Timestamp', seconds(at)],
      ],
      body,
    }),
  },
  hubspot: {
    keys: plain,
    sign: ({ key, at, body }) => {
      const t = String(at.getTime());
      const signed = 'https://hooks.example.com/in/key/a b?to=a:b/c';
      return {
        headers: [
          ['X-HubSpot-Request-Timestamp', t],
          [
            'X-HubSpot-Signature-v3',
            hmac('sha256', key.secret, 'base64', `POST${signed.replace(' ', '%20')}`, body, t),
          ],
        ],
        body,
        url: 'https://hooks.example.com/in/key/a%20b?to=a%3Ab%2Fc',
      };
    },
  },
  zendesk: {
    keys: plain,
    sign: ({ key, at, body }) => ({
      headers: [
        ['X-Zendesk-Webhook-Signature', hmac('sha256', key.secret, 'base64', at.toISOString(), body)],
        ['X-Zendesk-Webhook-Signature-Timestamp', at.toISOString()],
      ],
      body,
    }),
  },
  front: {
    keys: plain,
    sign: ({ key, at, body }) => ({
      headers: [
        ['X-Front-Request-Timestamp', String(at.getTime())],
        ['X-Front-Signature', hmac('sha256', key.secret, 'base64', `${at.getTime()}:`, body)],
      ],
      body,
    }),
  },
  'front-rules': ofBody('X-Front-Signature', 'sha1', 'base64'),
  sendgrid: {
    keys: p256((key) => key.export({ format: 'der', type: 'spki' }).toString('base64')),
    sign: ({ key, at, body }) => ({
      headers: [
        [
          'X-Twilio-Email-Event-Webhook-Signature',
          signBytes('sha256', Buffer.concat([Buffer.from(seconds(at)), body]), key.private!).toString(
            'base64',
          ),
        ],
        ['X-Twilio-Email-Event-Webhook-Timestamp', seconds(at)],
      ],
      body,
    }),
  },
  plaid: {
    keys: p256((key) => JSON.stringify(key.export({ format: 'jwk' }))),
    sign: ({ key, at, body }) => {
      const claims = { iat: Number(seconds(at)), request_body_sha256: sha256(body, 'hex') };
      return {
        headers: [['Plaid-Verification', token(key, { alg: 'ES256', kid: 'k1', typ: 'JWT' }, claims)]],
        body,
      };
    },
  },
  netlify: {
    keys: plain,
    sign: ({ key, body }) => {
      const claims = { iss: 'netlify', sha256: sha256(body, 'hex') };
      return { headers: [['X-Webhook-Signature', token(key, { alg: 'HS256' }, claims)]], body };
    },
  },
  fusionauth: {
    keys: p256((key) => key.export({ format: 'pem', type: 'spki' }).toString()),
    sign: ({ key, body }) => {
      const claims = { request_body_sha256: sha256(body, 'base64') };
      return {
        headers: [['X-FusionAuth-Signature-JWT', token(key, { alg: 'ES256', kid: 'a' }, claims)]],
        body,
      };
    },
  },
  livekit: {
    keys: plain,
    sign: ({ key, at, body }) => {
      const claims = {
        iss: 'APIkey',
        exp: Number(seconds(at)) + 300,
        nbf: Number(seconds(at)),
        sha256: sha256(body, 'base64'),
      };
      return { headers: [['Authorization', token(key, { alg: 'HS256' }, claims)]], body };
    },
  },
  adyen: {
    keys: text(
      '44782DEF547AAA06C910C43932B1EB0C',
      '0123456789abcdef0123456789ABCDEF',
      'ffffffffffffffffffffffffffffffff',
    ),
    covers: 'fields',
    body: (id) => json({ live: 'false', notificationItems: [{ NotificationRequestItem: adyenItem(id) }] }),
    sign: ({ key, id, body }) => {
      const document = JSON.parse(body.toString()) as {
        notificationItems: { NotificationRequestItem: Record<string, unknown> }[];
      };
      const hmacSignature = hmac('sha256', Buffer.from(key.secret, 'hex'), 'base64', adyenText(id));
      document.notificationItems[0]!.NotificationRequestItem['additionalData'] = { hmacSignature };
      return { headers: [], body: json(document) };
    },
  },
  mailgun: {
    keys: plain,
    covers: 'fields',
    sign: ({ key, id, at }) => {
      const signature = hmac('sha256', key.secret, 'hex', seconds(at) + id);
      return {
        headers: [],
        body: json({ signature: { timestamp: seconds(at), token: id, signature }, 'event-data': {} }),
      };
    },
  },
  sns: {
    keys: certificates,
    covers: 'fields',
    sign: ({ key, id, at }) => {
      const SigningCertURL = `https://sns.us-west-2.amazonaws.com/SimpleNotificationService-${id}.pem`;
      const fields = {
        Type: 'Notification',
        MessageId: id,
        TopicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
        Subject: 'My First Message',
        Message: 'Hello\nwörld!',
        Timestamp: at.toISOString(),
      };
      const signed = snsText(fields, ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']);
      const Signature = signBytes('sha256', Buffer.from(signed), key.private!).toString('base64');
      return {
        headers: [],
        body: json({ ...fields, SignatureVersion: '2', Signature, SigningCertURL }),
        keys: new Map([[SigningCertURL, key.fetched!]]),
      };
    },
  },
  asana: ofBody('X-Hook-Signature', 'sha256', 'hex'),
  nylas: ofBody('X-Nylas-Signature', 'sha256', 'hex'),
  websub: ofBody('X-Hub-Signature', 'sha1', 'hex', 'sha1='),
  x: ofBody('x-twitter-webhooks-signature', 'sha256', 'base64', 'sha256='),
  xero: ofBody('x-xero-signature', 'sha256', 'base64'),
  'adobe-sign': shared('X-AdobeSign-ClientId'),
  'event-grid': shared('X-Webhook-Secret'),
  'microsoft-graph': inBody((secret) => ({ value: [{ subscriptionId: 's', clientState: secret }] })),
  strava: inBody((secret) => ({ aspect_type: 'create', subscription_id: secret })),
  monday: {
    keys: plain,
    covers: 'nothing',
    sign: ({ key, at, body }) => {
      const claims = {
        accountId: 1825529,
        aud: '',
        iat: Number(seconds(at)),
        exp: Number(seconds(at)) + 300,
      };
      return { headers: [['Authorization', token(key, { alg: 'HS256', typ: 'JWT' }, claims)]], body };
    },
  },
  twitch: {
    keys: plain,
    sign: ({ key, id, at, body }) => {
      const time = at.toISOString().replace('Z', '000000Z');
      return {
        headers: [
          ['Twitch-Eventsub-Message-Id', id],
          ['Twitch-Eventsub-Message-Timestamp', time],
          [
            'Twitch-Eventsub-Message-Signature',
            `sha256=${hmac('sha256', key.secret, 'hex', id, time, body)}`,
          ],
        ],
        body,
      };
    },
  },
  vercel: ofBody('x-vercel-signature', 'sha1', 'hex'),
  dropbox: ofBody('X-Dropbox-Signature', 'sha256', 'hex'),
  notion: ofBody('X-Notion-Signature', 'sha256', 'hex', 'sha256='),
  typeform: ofBody('Typeform-Signature', 'sha256', 'base64', 'sha256='),
  docusign: {
    keys: plain,
    sign: ({ key, body }) => ({
      headers: [['X-DocuSign-Signature-1', hmac('sha256', key.secret, 'base64', body)]],
      body,
    }),
    twice: (wrong, right) => ({
      headers: [...wrong.headers, ['X-DocuSign-Signature-2', right.headers[0]![1]]],
      body: right.body,
    }),
  },
  box: {
    keys: plain,
    sign: ({ key, at, body }) => ({
      headers: [
        ['BOX-DELIVERY-TIMESTAMP', at.toISOString()],
        ['BOX-SIGNATURE-PRIMARY', hmac('sha256', key.secret, 'base64', body, at.toISOString())],
      ],
      body,
    }),
    twice: (wrong, right) => ({
      headers: [...wrong.headers, ['BOX-SIGNATURE-SECONDARY', right.headers[1]![1]]],
      body: right.body,
    }),
  },
  pagerduty: {
    ...ofBody('X-PagerDuty-Signature', 'sha256', 'hex', 'v1='),
    twice: (wrong, right) => ({
      headers: [['X-PagerDuty-Signature', `${wrong.headers[0]![1]},${right.headers[0]![1]}`]],
      body: right.body,
    }),
  },
  sentry: ofBody('Sentry-Hook-Signature', 'sha256', 'hex'),
  razorpay: ofBody('X-Razorpay-Signature', 'sha256', 'hex'),
  'lemon-squeezy': ofBody('X-Signature', 'sha256', 'hex'),
  attio: ofBody('Attio-Signature', 'sha256', 'hex'),
  'cal-com': ofBody('X-Cal-Signature-256', 'sha256', 'hex'),
  circleci: {
    ...ofBody('circleci-signature', 'sha256', 'hex', 'v1='),
    twice: (wrong, right) => ({
      headers: [['circleci-signature', `${wrong.headers[0]![1]},v2=00ff,${right.headers[0]![1]}`]],
      body: right.body,
    }),
  },
  gocardless: ofBody('Webhook-Signature', 'sha256', 'hex'),
  trello: {
    keys: plain,
    sign: ({ key, url, body }) => ({
      headers: [['X-Trello-Webhook', hmac('sha1', key.secret, 'base64', body, url)]],
      body,
    }),
  },
  telegram: shared('X-Telegram-Bot-Api-Secret-Token'),
  okta: shared('Authorization'),
  cloudflare: shared('cf-webhook-auth'),
  'google-channel': shared('X-Goog-Channel-Token', [
    ['X-Goog-Channel-ID', 'channel-1'],
    ['X-Goog-Message-Number', '10'],
  ]),
  'google-pubsub': {
    keys: certificates,
    covers: 'nothing',
    options: { audience: 'https://hooks.example.com/in/key' },
    sign: ({ key, at, body }) => {
      const jwk = createPublicKey(key.fetched!).export({ format: 'jwk' });
      const claims = {
        iss: 'https://accounts.google.com',
        aud: 'https://hooks.example.com/in/key',
        iat: Number(seconds(at)),
        exp: Number(seconds(at)) + 3600,
      };
      return {
        headers: [['Authorization', `Bearer ${token(key, { alg: 'RS256', kid: 'g1' }, claims)}`]],
        body,
        keys: new Map([
          ['https://www.googleapis.com/oauth2/v3/certs', JSON.stringify({ keys: [{ ...jwk, kid: 'g1' }] })],
        ]),
      };
    },
  },
  postmark: basic,
  chargebee: basic,
  pipedrive: basic,
};
