import type { Preset } from './preset.js';
import { SNS_HOSTS, SNS_TEXT } from './sns-parts.js';

export const sns: Preset = {
  name: 'sns',
  title: 'Amazon SNS',
  docs: 'https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html',
  scheme: {
    kind: 'public-key',
    algorithm: { by: { body: '/SignatureVersion' }, when: { '1': 'rsa-sha1', '2': 'rsa-sha256' } },
    signature: { body: '/Signature' },
    encoding: 'base64',
    over: SNS_TEXT,
    key: { certificate: { body: '/SigningCertURL' }, hosts: SNS_HOSTS },
    expected: { from: { body: '/TopicArn' }, option: 'topicArn' },
  },
  dedupeId: { body: '/MessageId' },
  handshakes: ['sns'],
  secretHint: 'None: Amazon signs with its certificate.',
  setup: {
    where: 'Amazon SNS, your topic, Create subscription, protocol HTTPS, without raw message delivery.',
    paste: 'The address of this source as Endpoint.',
    options: { topicArn: 'The ARN of your topic: messages of any other topic are refused.' },
  },
  checkedWith: { library: 'sns-validator' },
};
