import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { configFrom, PlatformModule } from '@breakwater/platform';
import { ApiModule } from './api.module.js';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { describeApi } from './document/describe-api.js';
import { createServer } from './server.js';

// Writes the OpenAPI document of the code to the given file, or with --check compares it with that file. Connects to
// nothing: the application is built, not started.
const check = process.argv.includes('--check');
const file = process.argv.at(-1)!;
const config = configFrom({
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none',
  REDIS_URL: 'redis://127.0.0.1:9',
  ENCRYPTION_KEYS: `openapi:${Buffer.alloc(32).toString('base64')}`,
  LOG_LEVEL: 'fatal',
});
const app = await createServer(
  ApiModule.with(PlatformModule.forRoot(config), WebhookClientModule.forConfig(config)),
);
const text = `${JSON.stringify(describeApi(app), null, 2)}\n`;
if (!check) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  process.stderr.write(`${file} does not match the code: run \`npm run openapi\` and commit it\n`);
  process.exit(1);
}
process.exit(0);
