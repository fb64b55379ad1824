import type { From } from '../verification/scheme.js';
import type { Handshake } from './handshake.js';

const header = (name: string): From => ({ header: name });
const query = (name: string): From => ({ query: name });
const body = (pointer: string): From => ({ body: pointer });

/**
 * The challenges that are answered, by the name that a preset lists. Facts are from the provider's page or library
 * under `source`; none of these providers could be asked while this was written, so all vectors are our own.
 */
export const HANDSHAKES = {
  slack: [
    {
      source: 'https://api.slack.com/events/url_verification',
      method: 'POST',
      when: [{ at: body('/type'), is: 'url_verification' }],
      challenge: { from: body('/challenge'), of: 'text' },
      verified: true,
      answer: { status: 200, text: '{challenge}' },
    },
  ],

  // Discord also sends requests with a wrong signature, and removes an address that does not answer them with 401.
  discord: [
    {
      // An interaction. In webhook events, type 1 is an event, which has a member `event`.
      source: 'https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint',
      method: 'POST',
      when: [{ at: body('/type'), is: '1' }, { absent: '/event' }],
      verified: { refusedWith: 401 },
      answer: { status: 200, json: { type: 1 } },
    },
    {
      source: 'https://docs.discord.com/developers/events/webhook-events#preparing-for-events',
      method: 'POST',
      when: [{ at: body('/type'), is: '0' }],
      verified: { refusedWith: 401 },
      answer: { status: 204 },
    },
  ],

  // Sent again every 72 hours. It is signed, and without the signature anybody could have tokens signed.
  zoom: [
    {
      source: 'https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint',
      method: 'POST',
      when: [{ at: body('/event'), is: 'endpoint.url_validation' }],
      challenge: { from: body('/payload/plainToken'), of: 'token' },
      verified: true,
      proof: 'hex',
      answer: { status: 200, json: { plainToken: '{challenge}', encryptedToken: '{proof}' } },
    },
  ],

  hub: [
    {
      source: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests',
      method: 'GET',
      when: [{ at: query('hub.mode'), is: 'subscribe' }],
      challenge: { from: query('hub.challenge'), of: 'text' },
      verifyToken: { from: query('hub.verify_token'), refusedWith: 403 },
      answer: { status: 200, text: '{challenge}' },
    },
  ],

  strava: [
    {
      source: 'https://developers.strava.com/docs/webhooks/',
      method: 'GET',
      when: [{ at: query('hub.mode'), is: 'subscribe' }],
      challenge: { from: query('hub.challenge'), of: 'text' },
      verifyToken: { from: query('hub.verify_token'), refusedWith: 403 },
      answer: { status: 200, json: { 'hub.challenge': '{challenge}' } },
    },
  ],

  // Without a token: what a hub sends for a subscription of somebody else is not signed with the source's secret. A
  // request to unsubscribe is not agreed to, because anybody can make a hub send one.
  websub: [
    {
      source: 'https://www.w3.org/TR/websub/#hub-verifies-intent',
      method: 'GET',
      when: [{ at: query('hub.mode'), is: 'subscribe' }, { at: query('hub.topic') }],
      challenge: { from: query('hub.challenge'), of: 'text' },
      answer: { status: 200, text: '{challenge}' },
    },
  ],

  graph: [
    {
      source:
        'https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks#notificationurl-validation',
      method: 'POST',
      challenge: { from: query('validationToken'), of: 'text' },
      answer: { status: 200, text: '{challenge}' },
    },
  ],

  // X signs webhooks with the same secret: a challenge that has the form of a webhook's body gets no proof.
  crc: [
    {
      source: 'https://docs.x.com/x-api/webhooks/quickstart',
      method: 'GET',
      challenge: { from: query('crc_token'), of: 'token' },
      proof: 'base64',
      answer: { status: 200, json: { response_token: 'sha256={proof}' } },
    },
  ],

  // Dropbox and Nylas.
  challenge: [
    {
      source: 'https://www.dropbox.com/developers/reference/webhooks',
      method: 'GET',
      challenge: { from: query('challenge'), of: 'text' },
      answer: { status: 200, text: '{challenge}' },
    },
  ],

  asana: [
    {
      source: 'https://developers.asana.com/docs/webhooks-guide#the-webhook-handshake',
      method: 'POST',
      challenge: { from: header('X-Hook-Secret'), of: 'token' },
      learns: 'secret',
      answer: { status: 200, headers: { 'X-Hook-Secret': '{challenge}' } },
    },
  ],

  okta: [
    {
      source: 'https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request',
      method: 'GET',
      challenge: { from: header('X-Okta-Verification-Challenge'), of: 'text' },
      answer: { status: 200, json: { verification: '{challenge}' } },
    },
  ],

  cloudevents: [
    {
      source: 'https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection',
      method: 'OPTIONS',
      challenge: { from: header('WebHook-Request-Origin'), of: 'text' },
      answer: {
        status: 200,
        headers: { Allow: 'POST', 'WebHook-Allowed-Origin': '{challenge}', 'WebHook-Allowed-Rate': '*' },
      },
    },
    {
      source:
        'https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema',
      method: 'POST',
      when: [{ at: body('/0/eventType'), is: 'Microsoft.EventGrid.SubscriptionValidationEvent' }],
      challenge: { from: body('/0/data/validationCode'), of: 'text' },
      answer: { status: 200, json: { validationResponse: '{challenge}' } },
    },
  ],

  // The URL is signed, and its host is checked all the same.
  sns: [
    {
      source: 'https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html',
      method: 'POST',
      when: [{ at: body('/Type'), is: 'SubscriptionConfirmation' }],
      verified: true,
      follow: { from: body('/SubscribeURL'), hosts: ['sns.*.amazonaws.com', 'sns.*.amazonaws.com.cn'] },
      answer: { status: 200 },
    },
  ],

  // A person pastes the token into Notion's form.
  notion: [
    {
      source: 'https://developers.notion.com/reference/webhooks#step-2-verifying-the-subscription',
      method: 'POST',
      when: [{ absent: '/type' }],
      challenge: { from: body('/verification_token'), of: 'token' },
      learns: 'token',
      answer: { status: 200 },
    },
  ],

  // monday.com. Shopline and others do the same.
  monday: [
    {
      source: 'https://developer.monday.com/api-reference/docs/webhooks#url-verification',
      method: 'POST',
      when: [{ absent: '/event' }],
      challenge: { from: body('/challenge'), of: 'text' },
      answer: { status: 200, json: { challenge: '{challenge}' } },
    },
  ],

  // The header is wanted in the answer to each webhook, or it is sent again.
  'adobe-sign': [
    {
      source:
        'https://opensource.adobe.com/acrobat-sign/developer_guide/webhookapis.html#verification-of-intent',
      method: 'GET',
      challenge: { from: header('X-AdobeSign-ClientId'), of: 'token' },
      verified: true,
      answer: {
        status: 200,
        json: { xAdobeSignClientId: '{challenge}' },
        headers: { 'X-AdobeSign-ClientId': '{challenge}' },
      },
      everyAnswer: { 'X-AdobeSign-ClientId': { from: header('X-AdobeSign-ClientId'), of: 'token' } },
    },
  ],

  // Right and wrong signatures are sent in turn; the answers must have no body.
  xero: [
    {
      source:
        'https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/#intent-to-receive',
      method: 'POST',
      when: [{ empty: '/events' }, { at: body('/entropy') }],
      verified: { refusedWith: 401 },
      answer: { status: 200 },
    },
  ],

  twitch: [
    {
      source: 'https://dev.twitch.tv/docs/eventsub/handling-webhook-events#responding-to-a-challenge-request',
      method: 'POST',
      when: [{ at: header('Twitch-Eventsub-Message-Type'), is: 'webhook_callback_verification' }],
      challenge: { from: body('/challenge'), of: 'text' },
      verified: true,
      answer: { status: 200, text: '{challenge}' },
    },
  ],

  front: [
    {
      source: 'https://dev.frontapp.com/docs/application-webhooks#application-webhook-validation',
      method: 'POST',
      when: [{ at: body('/type'), is: 'sync' }],
      challenge: { from: header('X-Front-Challenge'), of: 'text' },
      verified: true,
      answer: { status: 200, json: { challenge: '{challenge}' } },
    },
  ],

  // A ping without a signature, when a webhook is made; only 200 is success.
  woocommerce: [
    {
      source:
        'https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php',
      method: 'POST',
      when: [{ at: { form: 'webhook_id' } }],
      answer: { status: 200 },
    },
  ],

  // Trello, and Mandrill: whether the address is there.
  head: [
    {
      source: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#creating-a-webhook',
      method: 'HEAD',
      answer: { status: 200 },
    },
  ],
} as const satisfies Record<string, readonly Handshake[]>;

export type HandshakeName = keyof typeof HANDSHAKES;

/** The option of a source that holds the token for challenges that carry one. */
export const VERIFY_TOKEN_OPTION = 'verifyToken';

export const HANDSHAKE_NAMES = Object.keys(HANDSHAKES) as HandshakeName[];
