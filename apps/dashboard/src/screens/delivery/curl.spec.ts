import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curlOf } from './curl.js';

it('a request becomes a command that says that it is not signed, and what it leaves out', () => {
  const command = curlOf({
    url: 'https://shop.example/hooks',
    method: 'POST',
    headers: { 'content-type': 'application/json', 'webhook-signature': '***', 'Content-Length': '9' },
    body: '{"a":"b"}',
  });
  expect(command).toBe(`# Not signed: a receiver that verifies signatures refuses it.
# Left out, because they are secret: webhook-signature
curl -X 'POST' 'https://shop.example/hooks' \\
  -H 'content-type: application/json' \\
  --data-raw '{"a":"b"}'`);
});

it('without an address it takes a variable, and without a body no data', () => {
  expect(curlOf({ url: null, method: 'GET', headers: {}, body: null })).toBe(
    `# Not signed: a receiver that verifies signatures refuses it.
# Set URL to the address of the endpoint.
curl -X 'GET' "$URL"`,
  );
});

it('nothing in a body or header is run by the shell', () => {
  const body = `'; echo run; $(echo run) \`echo run\` "\n'#`;
  const command = curlOf({ url: `http://x/'$(id)`, method: 'POST', headers: { a: `b'; echo run` }, body });
  const printed = execFileSync('sh', ['-c', command.replace('curl', `printf '%s\\0'`)], { encoding: 'utf8' });
  expect(printed.split('\0').slice(0, -1)).toEqual([
    '-X',
    'POST',
    `http://x/'$(id)`,
    '-H',
    `a: b'; echo run`,
    '--data-raw',
    body,
  ]);
});
