import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { HttpClient } from '../support/http.js';
import { spawnRole, type Role } from '../support/roles.js';

const STARTS_WITHIN_MS = 240_000;

/** What `npm start` runs, with its sample app, in a folder of its own. */
export class DemoProduct {
  private constructor(
    private readonly role: Role,
    private readonly dataDir: string,
    readonly adminKey: string,
  ) {}

  /** @param env settings */
  static async start(env: Record<string, string> = {}): Promise<DemoProduct> {
    const dataDir = await mkdtemp(join(tmpdir(), 'breakwater-screens-'));
    // PostgreSQL runs as another user than root and must be able to enter the folder.
    await chmod(dataDir, 0o755);
    const role = spawnRole('standalone', {
      BREAKWATER_DATA_DIR: dataDir,
      API_PORT: String(await freePort()),
      API_RATE_LIMIT_PER_MINUTE: '100000000',
      ...env,
    });
    // It makes a database and a day of history first.
    await role.ready(STARTS_WITHIN_MS);
    const adminKey = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim();
    const product = new DemoProduct(role, dataDir, adminKey);
    await product.fill();
    return product;
  }

  get url(): string {
    return this.role.url;
  }

  get http(): HttpClient {
    return new HttpClient(this.url, this.adminKey);
  }

  async stop(): Promise<void> {
    if (this.role.isRunning) await this.role.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /**
   * What the day of history of the demo has not: an open breaker, an event, a source with a captured request, a bulk
   * operation, a conformance run.
   */
  private async fill(): Promise<void> {
    const { http } = this;
    await http.invoke('sample', 'quiz_answer', { question: '6 x 7' });
    for (let n = 0; n < 6; n++) await http.invoke('sample', 'failing', {});
    await http.invoke('sample', 'broken', { order: 1 });
    await http.post('/api/v1/events', { appId: 'sample', type: 'order.created', payload: { total: 120 } });
    const source = await http.post('/api/v1/apps/sample/sources', {
      name: 'sensors',
      verification: { preset: 'none' },
    });
    const { pathname } = new URL((source.json as { url: string }).url);
    await http.post(pathname, { temperature: 21 });
    await http.post('/api/v1/apps/sample/conformance-runs', { capability: 'quiz_answer' });
    await http.post('/api/v1/bulk-operations', { kind: 'redeliver', filter: { appId: 'demo-contacts' } });
    await eventually(
      async () => ((await http.get('/api/v1/admin/dlq')).json as { items: object[] }).items.length > 0,
      { what: 'a dead letter' },
    );
  }
}
