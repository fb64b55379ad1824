// Makes libs/client/src/generated from docs/openapi.json: the typed client of the API that the dashboard uses.
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

const root = fileURLToPath(new URL('..', import.meta.url));

await createClient({
  input: `${root}docs/openapi.json`,
  output: { path: `${root}libs/client/src/generated` },
  logs: { level: 'error' },
  plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch', '@tanstack/react-query'],
});
