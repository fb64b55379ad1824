import type { Preset } from './preset.js';

export const okta: Preset = {
  name: 'okta',
  title: 'Okta',
  docs: 'https://developer.okta.com/docs/concepts/event-hooks/',
  scheme: {
    kind: 'shared',
    value: { header: 'Authorization' },
  },
  dedupeId: { body: '/eventId' },
  handshakes: ['okta'],
  secretHint: 'The whole value of the Authorization header that you chose.',
  setup: {
    where: 'Workflow, Event Hooks, Create Event Hook, Authentication secret.',
    paste: 'The address of this source as URL, Authorization as field; the same secret on both sides.',
  },
  answers: '2xx within 3 s',
  note: 'The secret does not cover the body.',
  checkedWith: 'vectors',
};
