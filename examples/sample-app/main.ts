/**
 * The sample app on its own: `node dist/examples/sample-app/main.js` after `npm run build`. It listens on
 * SAMPLE_APP_PORT (4100) and verifies signatures with WEBHOOK_SECRET (`whsec_…`); without a secret it accepts every
 * call. Register it with `breakwater apply sample-app examples/sample-app/manifest.json`.
 */
import { startSampleApp } from './sample-app.js';

const app = await startSampleApp({
  port: Number(process.env['SAMPLE_APP_PORT'] ?? 4100),
  secret: () => process.env['WEBHOOK_SECRET'],
});
console.log(`sample app: listening on ${app.url}`);

const stop = (): void => void app.stop();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
