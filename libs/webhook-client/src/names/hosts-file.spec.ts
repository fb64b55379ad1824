import { expect, it } from 'vitest';
import { parseHosts } from './hosts-file.js';

it('a hosts file gives every address of every name', () => {
  const text = `
    # comment
    127.0.0.1 localhost app.local   # the app
    ::1\tlocalhost
    10.0.0.7 App.Local
    nonsense host
    10.0.0.8
  `;
  expect([...parseHosts(text)]).toEqual([
    ['localhost', ['127.0.0.1', '::1']],
    ['app.local', ['127.0.0.1', '10.0.0.7']],
  ]);
  expect(parseHosts('127.0.0.1 a\r\n127.0.0.2 b\r\n').get('a')).toEqual(['127.0.0.1']);
});
