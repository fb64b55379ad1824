import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { AppRegistry, ManifestRegistry } from '@breakwater/manifest';
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
  ) {}

  /** Finds a port for it: its previous one if that is free. */
  static async prepare(dataDir: string): Promise<Demo> {
    const file = join(dataDir, 'demo.json');
    const isNew = !existsSync(file);
    const kept: Kept = isNew ? { port: USUAL_PORT } : (JSON.parse(await readFile(file, 'utf8')) as Kept);
    const port = (await isFree(kept.port)) ? kept.port : await anyPort();
    return new Demo(file, { ...kept, port }, isNew);
  }

  /** The address that the outbound guard has to allow. */
  get address(): string {
    return `127.0.0.1:${this.kept.port}`;
  }

  /**
   * Starts and registers it, on an empty database or where it was before. @returns its URL, or null when it is not
   * registered
   */
  async start(context: INestApplicationContext): Promise<string | null> {
    const isEmpty = (await context.get(AppRegistry).list({ limit: 1 })).items.length === 0;
    if (this.isNew && !isEmpty) return null;
    this.app = await startSampleApp({ port: this.kept.port, secret: () => this.kept.signingSecret });
    const { signingSecret } = await context
      .get(ManifestRegistry)
      .register(APP_ID, sampleManifest(this.app.url), 'npm start');
    if (signingSecret) this.kept.signingSecret = signingSecret;
    await writeFile(this.file, JSON.stringify(this.kept), { mode: 0o600 });
    return this.app.url;
  }

  async stop(): Promise<void> {
    await this.app?.stop();
  }
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
