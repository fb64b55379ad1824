import { expect, it } from 'vitest';
import { matchingSettings } from './matching-settings.js';

const settings = [
  { name: 'API_PORT', section: 'Api', about: 'Port of the API', value: '3000' },
  { name: 'SMTP_HOST', section: 'Mail', about: 'The mail server', value: null },
];

it.each([
  ['', ['API_PORT', 'SMTP_HOST']],
  ['port', ['API_PORT']],
  [' MAIL ', ['SMTP_HOST']],
  ['3000', ['API_PORT']],
  ['nothing', []],
])('"%s" is found in names, sections, descriptions and values', (text, names) => {
  expect(matchingSettings(settings, text).map(({ name }) => name)).toEqual(names);
});
