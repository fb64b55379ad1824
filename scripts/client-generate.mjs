// Makes libs/client/src/generated from docs/openapi.json: the typed client of the API.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';
import { operationsFile } from './client-operations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = `${root}libs/client/src/generated`;

await createClient({
  input: `${root}docs/openapi.json`,
  output: { path: output },
  logs: { level: 'error' },
  plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch', '@tanstack/react-query'],
});
const document = JSON.parse(await readFile(`${root}docs/openapi.json`, 'utf8'));
await writeFile(`${output}/operations.gen.ts`, operationsFile(document));
