import type { By } from '../verification/scheme.js';

const NOTIFICATION = lines('Message MessageId Subject Timestamp TopicArn Type');
const CONFIRMATION = lines('Message MessageId SubscribeURL Timestamp Token TopicArn Type');

/** Where Amazon keeps the certificates. */
export const SNS_HOSTS = ['sns.*.amazonaws.com', 'sns.*.amazonaws.com.cn'];

/** What Amazon SNS signs, by the type of the message. */
export const SNS_TEXT: By<string> = {
  by: { body: '/Type' },
  when: {
    Notification: NOTIFICATION,
    SubscriptionConfirmation: CONFIRMATION,
    UnsubscribeConfirmation: CONFIRMATION,
  },
};

/** Name and value on a line each, for the members of the body that are there. */
function lines(names: string): string {
  return names
    .split(' ')
    .map((name) => `{line:/${name}}`)
    .join('');
}
