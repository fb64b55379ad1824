import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import type { InboundRequest } from './request.js';
import { verify } from './verify.js';

interface Answer {
  preset: string;
  secret: string;
  headers: [string, string][];
  body: string;
  at?: number;
  url?: string;
}

const circleci = (body: string, secret: string, signature: string): Answer => ({
  preset: 'circleci',
  secret,
  headers: [['circleci-signature', `v1=${signature}`]],
  body,
});

/** Examples that the providers publish in their documentation or in the tests of their libraries. */
const ANSWERS: [string, Answer][] = [
  [
    "GitHub's documentation",
    {
      preset: 'github',
      secret: "It's a Secret to Everybody",
      headers: [
        ['X-Hub-Signature-256', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'],
      ],
      body: 'Hello, World!',
    },
  ],
  [
    "Bitbucket's documentation",
    {
      preset: 'bitbucket',
      secret: "It's a Secret to Everybody",
      headers: [
        ['X-Hub-Signature', 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9'],
      ],
      body: 'Hello World!',
    },
  ],
  [
    "CircleCI's documentation, 1",
    circleci('hello world', 'secret', '734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a'),
  ],
  [
    "CircleCI's documentation, 2",
    circleci('lalala', 'another-secret', 'daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00'),
  ],
  [
    "CircleCI's documentation, 3",
    circleci(
      'an-important-request-payload',
      'hunter123',
      '9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa',
    ),
  ],
  [
    "CircleCI's documentation, 4",
    circleci('foo', 'secret', '773ba44693c7553d6ee20f61ea5d2757a9a4f4a44d2841ae4e95b52e4cd62db4'),
  ],
  [
    "Slack's documentation",
    {
      preset: 'slack',
      secret: '8f742231b10e8888abcd99yyyzzz85a5',
      headers: [
        ['X-Slack-Request-Timestamp', '1531420618'],
        ['X-Slack-Signature', 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'],
      ],
      body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      at: 1_531_420_618,
    },
  ],
  [
    'the tests of Standard Webhooks',
    {
      preset: 'standard-webhooks',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      headers: [
        ['webhook-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek'],
        ['webhook-timestamp', '1614265330'],
        ['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
      ],
      body: '{"test": 2432232314}',
      at: 1_614_265_330,
    },
  ],
  [
    "Twilio's documentation",
    {
      preset: 'twilio',
      secret: '12345',
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['X-Twilio-Signature', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
      ],
      url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
      body: 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212',
    },
  ],
  [
    "Adyen's documentation",
    {
      preset: 'adyen',
      secret: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
      headers: [],
      body: JSON.stringify({
        live: 'false',
        notificationItems: [
          {
            NotificationRequestItem: {
              additionalData: { hmacSignature: 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=' },
              amount: { value: 1130, currency: 'EUR' },
              pspReference: '7914073381342284',
              eventCode: 'AUTHORISATION',
              merchantAccountCode: 'TestMerchant',
              merchantReference: 'TestPayment-1407325143704',
              success: 'true',
            },
          },
        ],
      }),
    },
  ],
  [
    "the tests of SendGrid's library",
    {
      preset: 'sendgrid',
      secret:
        'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
      headers: [
        [
          'X-Twilio-Email-Event-Webhook-Signature',
          'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
        ],
        ['X-Twilio-Email-Event-Webhook-Timestamp', '1600112502'],
      ],
      body: `${JSON.stringify([
        {
          email: 'hello@world.com',
          event: 'dropped',
          reason: 'Bounced Address',
          sg_event_id: 'ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA',
          sg_message_id: 'LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0',
          'smtp-id': '<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>',
          timestamp: 1600112492,
        },
      ])}\r\n`,
    },
  ],
];

describe('an example that a provider publishes', () => {
  it.each(ANSWERS)('%s is verified', (_, { preset, secret, headers, body, at = 1_600_000_000, url }) => {
    const request: InboundRequest = {
      method: 'POST',
      url: url ?? 'https://hooks.example.com/in/key',
      headers,
      body: Buffer.from(body),
    };
    const context = { now: new Date(at * 1000), configuredUrl: request.url };
    expect(verify(PRESETS.get(preset)!.scheme, request, [secret], context)).toEqual({
      kind: 'verified',
      secretIndex: 0,
    });
  });
});
