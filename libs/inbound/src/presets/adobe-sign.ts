import type { Preset } from './preset.js';

export const adobeSign: Preset = {
  name: 'adobe-sign',
  title: 'Adobe Acrobat Sign',
  docs: 'https://opensource.adobe.com/acrobat-sign/developer_guide/webhookapis.html',
  scheme: {
    kind: 'shared',
    value: { header: 'X-AdobeSign-ClientId' },
  },
  dedupeId: { body: '/webhookNotificationId' },
  handshakes: ['adobe-sign'],
  secretHint: 'The client id (application id) of the application that makes the webhook.',
  setup: {
    where: 'Account, Webhooks, Configure a new webhook; or POST /webhooks of the API.',
    paste: 'The address of this source as Target URL; the client id here, before the webhook is made.',
  },
  answers: '2xx within 5 s with the client id in a header, which Breakwater adds',
  note: 'The client id does not cover the body, and is not very secret.',
  checkedWith: 'vectors',
};
