import { createHmac } from 'node:crypto';
import type { InboundRequest } from '../verification/request.js';
import { CHALLENGE_MAX_BYTES, ECHO_MAX_BYTES, type HandshakeContext } from './answer-handshake.js';
import type { HandshakeName } from './handshakes.js';

export const CONTEXT: HandshakeContext = {
  secrets: ['s3cret', 'older'],
  verifyToken: 'my-token',
  isVerified: null,
};
export const VERIFIED = { ...CONTEXT, isVerified: true };
export const REFUSED = { ...CONTEXT, isVerified: false };
export const TEXT = 'text/plain; charset=utf-8';
export const JSON_TYPE = 'application/json';
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
export const HOST = 'https://hooks.example.com/in/k3y';

export const get = (query: string, headers: Record<string, string> = {}): InboundRequest =>
  request('GET', query, headers, '');
export const post = (body: unknown, headers: Record<string, string> = {}, query = ''): InboundRequest =>
  request('POST', query, headers, typeof body === 'string' ? body : JSON.stringify(body));

function request(
  method: string,
  query: string,
  headers: Record<string, string>,
  body: string,
): InboundRequest {
  return { method, url: HOST + query, headers: Object.entries(headers), body: Buffer.from(body) };
}

export const slack = post({ token: 'x', challenge: '3eZbrw1aBm2rZgRN', type: 'url_verification' });
const ping = post({ id: '1', application_id: '2', token: 't', type: 1, version: 1 });
const eventPing = post({ version: 1, application_id: '2', type: 0 });
const zoom = post({
  event: 'endpoint.url_validation',
  event_ts: 1654503849680,
  payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
});
export const hub = get('?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=my-token');
const websub = get(
  '?hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2Ffeed&hub.challenge=abc&hub.lease_seconds=9',
);
const graph = post('', {}, '?validationToken=Validation%3A+Testing+client+reachability%20Id%3a+b1');
const crc = get('?crc_token=b3RoZXI&nonce=1');
const dropbox = get('?challenge=abc123');
export const asana = post('', { 'X-Hook-Secret': 'b537207f20cbfa02' });
const twoSecrets: InboundRequest = {
  ...asana,
  headers: [
    ['X-Hook-Secret', 'a'],
    ['x-hook-secret', 'b'],
  ],
};
export const okta = get('', { 'x-okta-verification-challenge': 'Me_rShK8JHsTnbyYrWXCEoMGbM' });
const abuse = request('OPTIONS', '', { 'WebHook-Request-Origin': 'eventgrid.azure.net' }, '');
const eventGrid = post([
  {
    id: '1',
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    data: { validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
  },
]);
export const SUBSCRIBE_URL =
  'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn&Token=2336412f37';
const sns = post({ Type: 'SubscriptionConfirmation', SubscribeURL: SUBSCRIBE_URL });
export const notion = post({ verification_token: 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl' });
const monday = post({ challenge: '3eZbrw1aBm2rZgRNFdxV2595' });
const adobe = get('', { 'X-AdobeSign-ClientId': 'BGBQIIE7H253K6' });
const xero = post({ events: [], lastEventSequence: 0, firstEventSequence: 0, entropy: 'S0m3r4Nd0mt3xt' });
const front = post({ type: 'sync', authorization: { id: 'cmp_abc' } }, { 'x-front-challenge': 'f0c5a7' });
const twitch = post(
  { challenge: 'pogchamp-kappa-360noscope' },
  { 'Twitch-Eventsub-Message-Type': 'webhook_callback_verification' },
);

const hmac = (text: string, encoding: 'hex' | 'base64') =>
  createHmac('sha256', 's3cret').update(text).digest(encoding);

export type Answered = [
  title: string,
  handshake: HandshakeName,
  request: InboundRequest,
  context: HandshakeContext,
  answer: { status: number; type?: string; body: string; headers?: Record<string, string> },
];

export const ANSWERED: Answered[] = [
  [
    'a signed challenge of Slack is sent back',
    'slack',
    slack,
    VERIFIED,
    { status: 200, type: TEXT, body: '3eZbrw1aBm2rZgRN' },
  ],
  [
    'a signed PING of interactions of Discord gets a PONG',
    'discord',
    ping,
    VERIFIED,
    { status: 200, type: JSON_TYPE, body: '{"type":1}' },
  ],
  [
    'a signed PING of webhook events of Discord gets 204',
    'discord',
    eventPing,
    VERIFIED,
    { status: 204, body: '' },
  ],
  ['Discord hears 401 to a PING with a wrong signature', 'discord', ping, REFUSED, { status: 401, body: '' }],
  [
    'Discord hears 401 to a PING of webhook events with a wrong signature',
    'discord',
    eventPing,
    REFUSED,
    { status: 401, body: '' },
  ],
  [
    'a token of Zoom is signed with the newest secret',
    'zoom',
    zoom,
    VERIFIED,
    {
      status: 200,
      type: JSON_TYPE,
      body: `{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"${hmac('qgg8vlvZRS6UYooatFL8Aw', 'hex')}"}`,
    },
  ],
  [
    'a challenge with the right verify token is sent back',
    'hub',
    hub,
    CONTEXT,
    { status: 200, type: TEXT, body: '1158201444' },
  ],
  [
    'Strava gets its challenge as JSON',
    'strava',
    hub,
    CONTEXT,
    { status: 200, type: JSON_TYPE, body: '{"hub.challenge":"1158201444"}' },
  ],
  ['a hub of WebSub gets its challenge', 'websub', websub, CONTEXT, { status: 200, type: TEXT, body: 'abc' }],
  [
    'a token of Microsoft Graph is decoded',
    'graph',
    graph,
    CONTEXT,
    { status: 200, type: TEXT, body: 'Validation: Testing client reachability Id: b1' },
  ],
  [
    'a CRC token of X is signed in base64',
    'crc',
    crc,
    CONTEXT,
    { status: 200, type: JSON_TYPE, body: `{"response_token":"sha256=${hmac('b3RoZXI', 'base64')}"}` },
  ],
  [
    'a challenge in the query is sent back',
    'challenge',
    dropbox,
    CONTEXT,
    { status: 200, type: TEXT, body: 'abc123' },
  ],
  [
    'Asana gets its secret back in the header',
    'asana',
    asana,
    { ...CONTEXT, secrets: [] },
    { status: 200, body: '', headers: { 'x-hook-secret': 'b537207f20cbfa02' } },
  ],
  [
    'a challenge of Okta is sent back as JSON',
    'okta',
    okta,
    CONTEXT,
    { status: 200, type: JSON_TYPE, body: '{"verification":"Me_rShK8JHsTnbyYrWXCEoMGbM"}' },
  ],
  [
    'an origin of CloudEvents is allowed',
    'cloudevents',
    abuse,
    CONTEXT,
    {
      status: 200,
      body: '',
      headers: {
        allow: 'POST',
        'webhook-allowed-origin': 'eventgrid.azure.net',
        'webhook-allowed-rate': '*',
      },
    },
  ],
  [
    'a validation code of Event Grid is sent back',
    'cloudevents',
    eventGrid,
    CONTEXT,
    { status: 200, type: JSON_TYPE, body: '{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}' },
  ],
  ['a signed confirmation of SNS gets 200', 'sns', sns, VERIFIED, { status: 200, body: '' }],
  ['a token of Notion gets 200', 'notion', notion, CONTEXT, { status: 200, body: '' }],
  [
    'a challenge of monday.com is sent back as JSON',
    'monday',
    monday,
    CONTEXT,
    { status: 200, type: JSON_TYPE, body: '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595"}' },
  ],
  [
    'Adobe Sign gets the client id of the source back',
    'adobe-sign',
    adobe,
    VERIFIED,
    {
      status: 200,
      type: JSON_TYPE,
      body: '{"xAdobeSignClientId":"BGBQIIE7H253K6"}',
      headers: { 'x-adobesign-clientid': 'BGBQIIE7H253K6' },
    },
  ],
  ['Xero hears 200 without a body to a right signature', 'xero', xero, VERIFIED, { status: 200, body: '' }],
  ['Xero hears 401 without a body to a wrong one', 'xero', xero, REFUSED, { status: 401, body: '' }],
  [
    'a signed challenge of Twitch is sent back',
    'twitch',
    twitch,
    VERIFIED,
    { status: 200, type: TEXT, body: 'pogchamp-kappa-360noscope' },
  ],
  [
    'a ping of WooCommerce gets 200',
    'woocommerce',
    post('webhook_id=17', FORM),
    CONTEXT,
    { status: 200, body: '' },
  ],
  [
    'a signed challenge of Front is sent back as JSON',
    'front',
    front,
    VERIFIED,
    { status: 200, type: JSON_TYPE, body: '{"challenge":"f0c5a7"}' },
  ],
  ['a HEAD request gets 200', 'head', request('HEAD', '', {}, ''), CONTEXT, { status: 200, body: '' }],
];

export const UNANSWERED: [
  title: string,
  handshake: HandshakeName,
  request: InboundRequest,
  context: HandshakeContext,
][] = [
  ['a challenge of Slack that is not judged yet', 'slack', slack, CONTEXT],
  ['a challenge of Slack with a wrong signature', 'slack', slack, REFUSED],
  ['an event of Slack', 'slack', post({ type: 'event_callback', challenge: 'x' }), VERIFIED],
  [
    'a webhook event of Discord, which has type 1 as well',
    'discord',
    post({ type: 1, event: { type: 'X' } }),
    VERIFIED,
  ],
  ['an interaction of Discord that is a command', 'discord', post({ type: 2 }), VERIFIED],
  ['a token of Zoom with a wrong signature: everybody could have texts signed', 'zoom', zoom, REFUSED],
  [
    'a text of Zoom that has the form of signed text',
    'zoom',
    post({ event: 'endpoint.url_validation', payload: { plainToken: 'v0:1654503849:{}' } }),
    VERIFIED,
  ],
  ['a token of Zoom without a secret to sign it', 'zoom', zoom, { ...VERIFIED, secrets: [] }],
  [
    'a subscription of Meta to be ended',
    'hub',
    get('?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=my-token'),
    CONTEXT,
  ],
  ['a request without a challenge', 'hub', get('?hub.mode=subscribe&hub.verify_token=my-token'), CONTEXT],
  [
    'two challenges',
    'hub',
    get('?hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token=my-token'),
    CONTEXT,
  ],
  [
    'a subscription of WebSub to be ended',
    'websub',
    get('?hub.mode=unsubscribe&hub.topic=a&hub.challenge=1'),
    CONTEXT,
  ],
  ['a notification of Microsoft Graph', 'graph', post({ value: [] }), CONTEXT],
  ['a token with HTML in it', 'graph', post('', {}, '?validationToken=%3Cscript%3E'), CONTEXT],
  ['a token with a line break in it', 'graph', post('', {}, '?validationToken=a%0d%0ab'), CONTEXT],
  ['a token that is not ASCII', 'graph', post('', {}, '?validationToken=%C3%A9'), CONTEXT],
  [
    'a CRC token that has the form of a body',
    'crc',
    get(`?crc_token=${encodeURIComponent('{"for_user_id":"1"}')}`),
    CONTEXT,
  ],
  ['a CRC token without a secret to sign it', 'crc', crc, { ...CONTEXT, secrets: [] }],
  ['a challenge of 1,025 bytes', 'challenge', get(`?challenge=${'a'.repeat(ECHO_MAX_BYTES + 1)}`), CONTEXT],
  ['a challenge by POST', 'challenge', post('', {}, '?challenge=abc'), CONTEXT],
  [
    'an answer that would have more than 1,024 bytes',
    'okta',
    get('', { 'X-Okta-Verification-Challenge': 'a'.repeat(1020) }),
    CONTEXT,
  ],
  [
    'a secret of Asana that is no header value',
    'asana',
    post('', { 'X-Hook-Secret': 'a b' }),
    { ...CONTEXT, secrets: [] },
  ],
  ['a question for an origin without one', 'cloudevents', request('OPTIONS', '', {}, ''), CONTEXT],
  ['an event of Event Grid', 'cloudevents', post([{ eventType: 'Microsoft.Storage.BlobCreated' }]), CONTEXT],
  ['a confirmation of SNS that is not judged yet', 'sns', sns, CONTEXT],
  ['a confirmation of SNS with a wrong signature', 'sns', sns, REFUSED],
  [
    'a confirmation of the end of a subscription',
    'sns',
    post({ Type: 'UnsubscribeConfirmation', SubscribeURL: SUBSCRIBE_URL }),
    VERIFIED,
  ],
  ['an event of Notion', 'notion', post({ type: 'page.created', verification_token: 'x' }), CONTEXT],
  ['an event of monday.com', 'monday', post({ event: {}, challenge: 'x' }), CONTEXT],
  ['another client id of Adobe Sign', 'adobe-sign', adobe, REFUSED],
  ['events of Xero', 'xero', post({ events: [{}], entropy: 'x' }), VERIFIED],
  ['events of Xero with a wrong signature', 'xero', post({ events: [{}], entropy: 'x' }), REFUSED],
  [
    'a notification of Twitch',
    'twitch',
    post({ challenge: 'x' }, { 'Twitch-Eventsub-Message-Type': 'notification' }),
    VERIFIED,
  ],
  ['a challenge of Front with a wrong signature', 'front', front, REFUSED],
  ['two secrets of Asana', 'asana', twoSecrets, { ...CONTEXT, secrets: [] }],
  ['a challenge that is an object', 'monday', post({ challenge: { a: 1 } }), CONTEXT],
  ['a challenge that is inherited', 'monday', post('{"__proto__":{"challenge":"x"}}'), CONTEXT],
  ['an empty challenge', 'challenge', get('?challenge='), CONTEXT],
  [
    'an order of WooCommerce that has the words of a ping',
    'woocommerce',
    post('{"note":"&webhook_id=17"}', { 'content-type': 'application/json' }),
    CONTEXT,
  ],
  ['a body that is not JSON', 'slack', post('{"type":'), VERIFIED],
  [
    'a body that is larger than a challenge',
    'monday',
    post({ challenge: 'a', more: ' '.repeat(CHALLENGE_MAX_BYTES) }),
    CONTEXT,
  ],
];
