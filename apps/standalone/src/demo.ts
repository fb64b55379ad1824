import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { DemoHistory } from '@breakwater/demo';
import { AppNotFoundError, AppRegistry, ManifestRegistry } from '@breakwater/manifest';
import { RollUp } from '@breakwater/metrics';
import { sampleManifest } from '../../../examples/sample-app/manifest.js';
import { startSampleApp, type SampleApp } from '../../../examples/sample-app/sample-app.js';

const APP_ID = 'sample';
const USUAL_PORT = 7001;

interface Kept {
  port: number;
  signingSecret?: string;
}

/** The sample app of `npm start`, so that there is something to call. */
export class Demo {
  private app: SampleApp | undefined;

  private constructor(
    private readonly file: string,
    private readonly kept: Kept,
    private readonly isNew: boolean,
    private readonly hasMoved: boolean,
  ) {}

  /** Finds a port for it: its previous one if that is free. */
  static async prepare(dataDir: string): Promise<Demo> {
    const file = join(dataDir, 'demo.json');
    const isNew = !existsSync(file);
    const kept: Kept = isNew ? { port: USUAL_PORT } : (JSON.parse(await readFile(file, 'utf8')) as Kept);
    const port = (await isFree(kept.port)) ? kept.port : await anyPort();
    return new Demo(file, { ...kept, port }, isNew, port !== kept.port);
  }

  /** The address that the outbound guard has to allow. */
  get address(): string {
    return `127.0.0.1:${this.kept.port}`;
  }

  /**
   * Starts and registers it: on an empty database with a day of history, later as long as its app is there. A demo that
   * a person removed does not come back. @returns its URL, or null when it is not registered
   */
  async start(context: INestApplicationContext): Promise<string | null> {
    const apps = context.get(AppRegistry);
    const isWanted = this.isNew
      ? (await apps.list({ limit: 1 })).items.length === 0
      : await isRegistered(apps, APP_ID);
    if (!isWanted) return null;
    this.app = await startSampleApp({ port: this.kept.port, secret: () => this.kept.signingSecret });
    const { signingSecret } = await context
      .get(ManifestRegistry)
      .register(APP_ID, sampleManifest(this.app.url), 'npm start');
    if (signingSecret) this.kept.signingSecret = signingSecret;
    await writeFile(this.file, JSON.stringify(this.kept), { mode: 0o600 });
    if (this.isNew) await seed(context, this.app.url, this.kept.signingSecret);
    else if (this.hasMoved) await context.get(DemoHistory).move(this.app.url);
    return this.app.url;
  }

  async stop(): Promise<void> {
    await this.app?.stop();
  }
}

async function isRegistered(apps: AppRegistry, appId: string): Promise<boolean> {
  try {
    await apps.get(appId);
    return true;
  } catch (error) {
    if (error instanceof AppNotFoundError) return false;
    throw error;
  }
}

/** The history of the demo, and its numbers for the first look. */
async function seed(
  context: INestApplicationContext,
  url: string,
  signingSecret: string | undefined,
): Promise<void> {
  if (signingSecret === undefined) return;
  await context.get(DemoHistory).seed(url, { appId: APP_ID, signingSecret });
  await context.get(RollUp).run();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function anyPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
