import type { Schema } from './json-schema.js';

interface Header {
  name: string;
  description: string;
  schema: Schema;
  required: boolean;
}

const text: Schema = { type: 'string' };
const SIGNED: Header[] = [
  {
    name: 'webhook-id',
    description: 'Of the delivery, the same in all attempts: a receiver can use it to recognise repetitions.',
    schema: text,
    required: true,
  },
  {
    name: 'webhook-timestamp',
    description: 'When this attempt was signed, in Unix seconds.',
    schema: { type: 'string', pattern: String.raw`^\d+$` },
    required: true,
  },
  {
    name: 'webhook-signature',
    description: 'Standard Webhooks: `v1,` and base64, one for each valid secret, separated by spaces.',
    schema: text,
    required: true,
  },
];

const whole: Schema = { type: 'integer', minimum: 1 };
const CALL: Header[] = [
  ...SIGNED,
  {
    name: 'X-Timeout-Ms',
    description: 'The deadline of this attempt. A later answer is ignored.',
    schema: whole,
    required: true,
  },
  {
    name: 'X-Request-ID',
    description: "The caller's, the same in all attempts.",
    schema: text,
    required: true,
  },
  {
    name: 'X-Retry-Attempt',
    description: 'Number of this attempt, from 1. It keeps counting when a person sends the delivery again.',
    schema: whole,
    required: true,
  },
  {
    name: 'X-Max-Attempts',
    description: 'Attempts planned. A redelivery may exceed it.',
    schema: whole,
    required: true,
  },
  {
    name: 'X-Platform-Signature',
    description:
      'Hex HMAC-SHA256 of the body with the newest secret. Absent with LEGACY_SIGNATURE_HEADERS=false.',
    schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    required: false,
  },
  {
    name: 'traceparent',
    description: 'W3C trace context, where tracing is on.',
    schema: text,
    required: false,
  },
];

const TAG = 'what apps receive';

/** The requests that Breakwater sends, as webhooks of the OpenAPI. */
export const OUTGOING = {
  call: {
    post: {
      operationId: 'outgoing_call',
      tags: [TAG],
      security: [],
      summary: "A call of an app's capability",
      description:
        "Sent to the capability's URL. The body is the payload, byte for byte as the caller wrote it. The custom headers of the manifest are added. Delivery is at least once.",
      parameters: CALL.map((header) => ({ in: 'header', ...header })),
      requestBody: { required: true, content: { 'application/json': { schema: {} } } },
      responses: {
        '2XX': {
          description:
            'Done. For a sync call the answer: `{"success": true, "data": …}`, or `{"success": false, "error": {"code", "message"}}`, or any other JSON.',
          content: { 'application/json': { schema: {} } },
        },
        '410': { description: 'The endpoint is gone: it is disabled.' },
        '429': { description: 'Too many calls: an async call is repeated, not before Retry-After.' },
        default: { description: 'Failed. An async call is repeated after 408, 425, 429 and 5xx.' },
      },
    },
  },
  notice: {
    post: {
      operationId: 'outgoing_notice',
      tags: [TAG],
      security: [],
      summary: 'A notice for the people who run the installation',
      description: 'Sent to NOTIFY_WEBHOOK_URL. It is signed if NOTIFY_WEBHOOK_SECRET is set.',
      parameters: SIGNED.map((header) => ({
        in: 'header',
        ...header,
        required: header.name === 'webhook-id',
      })),
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Notice' } } },
      },
      responses: {
        '2XX': { description: 'Heard.' },
        default: { description: 'Failed: it is repeated, for a day.' },
      },
    },
  },
} as const;

/** The body of a notice. */
export const NOTICE: Schema = {
  type: 'object',
  description: 'Something that people are notified of.',
  required: ['type', 'timestamp', 'data'],
  properties: {
    type: { type: 'string', description: 'For example `notice.app_unhealthy`.' },
    timestamp: { type: 'string', format: 'date-time' },
    data: {
      type: 'object',
      required: ['mood', 'appId', 'capability', 'title', 'summary', 'facts', 'steps', 'details'],
      properties: {
        mood: { type: 'string', description: 'problem, recovery, information.' },
        appId: { type: ['string', 'null'] },
        capability: { type: ['string', 'null'] },
        title: { type: 'string' },
        summary: { type: 'string' },
        facts: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'value'],
            properties: { name: { type: 'string' }, value: { type: 'string' } },
          },
        },
        steps: {
          type: 'array',
          items: {
            type: 'object',
            required: ['text'],
            properties: { text: { type: 'string' }, url: { type: 'string', format: 'uri' } },
          },
        },
        details: { type: 'object', additionalProperties: true },
      },
    },
  },
};
