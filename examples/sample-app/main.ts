/**
 * The sample app on its own: `node dist/examples/sample-app/main.js` after `npm run build`.
 * SAMPLE_APP_PORT (4100) is where it listens, WEBHOOK_SECRET (`whsec_…`) is what it verifies signatures with; without
 * one it accepts every call. Register it with `breakwater apply sample-app examples/sample-app/manifest.json`.
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
