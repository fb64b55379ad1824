import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config, generateSecret, newId, Prisma, PrismaService, SecretBox } from '@breakwater/platform';
import { canonicalDigest } from '../grammar/canonical-digest.js';
import type { Manifest } from '../grammar/manifest.js';
import { spellings, withStaticValues, type StaticValues } from '../grammar/static-values.js';
import { endpointRows, manifestHeaderAad, signingSecretAad } from './endpoint-row.js';
import { removeOtherEndpoints, upsertEndpoints } from './endpoint-upsert.store.js';
import { withHeaderValues } from './header-vault.js';
import { declareSubscriptions } from '../subscriptions/declared-subscriptions.store.js';

export interface ManifestToSave {
  appId: string;
  /** As it was sent, header values in plain text. */
  document: unknown;
  manifest: Manifest;
  /** The text of each fallback's value; the document holds it parsed. */
  staticValues: StaticValues;
  actor: string;
}

/** A stored manifest, ready to be registered again. */
export interface PlainManifest {
  /** With the real values of its headers. */
  document: object;
  staticValues: StaticValues;
}

export interface SavedManifest {
  version: number;
  /** Whether the app is new. */
  created: boolean;
  /** Whether there is a new version. */
  changed: boolean;
  /** The app's first signing secret; it cannot be read again. */
  signingSecret?: string;
}

type Transaction = Prisma.TransactionClient;

/** How often a registration is tried that loses a deadlock. */
const TRIES = 3;

/** Stores a manifest and everything that follows from it, in one transaction. */
@Injectable()
export class ManifestStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: SecretBox,
    private readonly config: Config,
  ) {}

  /** Registrations of one app wait for each other: each gets the next version, an unchanged manifest none. */
  async save(input: ManifestToSave, triesLeft = TRIES - 1): Promise<SavedManifest> {
    try {
      return await this.prisma.$transaction((tx) => this.saveWithin(tx, input), {
        maxWait: 10_000,
        timeout: 20_000,
      });
    } catch (error) {
      if (!isConflict(error) || triesLeft === 0) throw error;
      return this.save(input, triesLeft - 1);
    }
  }

  /** Null where there is no such version. */
  async readPlain(appId: string, version: number): Promise<PlainManifest | null> {
    const row = await this.prisma.manifestVersion.findUnique({
      where: { appId_version: { appId, version } },
    });
    if (!row) return null;
    const document = withHeaderValues(row.document, (sealed, capability, header) =>
      this.secrets.open(sealed, manifestHeaderAad(appId, version, capability, header)),
    );
    return { document, staticValues: row.staticValues as StaticValues };
  }

  /** The manifest in force; null where there is no such app. */
  async readActive(appId: string): Promise<PlainManifest | null> {
    const app = await this.prisma.app.findUnique({ where: { id: appId }, select: { manifestVersion: true } });
    return app ? this.readPlain(appId, app.manifestVersion) : null;
  }

  private async saveWithin(tx: Transaction, input: ManifestToSave): Promise<SavedManifest> {
    const { appId, manifest, document, staticValues } = input;
    const { name, ownerEmail, baseUrl, healthPath, health } = manifest;
    const app = { name, ownerEmail, baseUrl, healthPath, health };
    const added = await tx.app.createMany({
      data: [{ id: appId, ...app, manifestVersion: 0 }],
      skipDuplicates: true,
    });
    const created = added.count === 1;
    const [locked] = await tx.$queryRaw<{ version: number }[]>`
      SELECT manifest_version AS version FROM apps WHERE id = ${appId} FOR UPDATE`;
    // Deleted between the two statements: treat it as new.
    if (!locked) return this.saveWithin(tx, input);
    const digest = canonicalDigest(document, spellings(staticValues));
    const current = await tx.manifestVersion.findUnique({
      where: { appId_version: { appId, version: locked.version } },
      select: { digest: true },
    });
    if (current?.digest === digest) return { version: locked.version, created: false, changed: false };
    const version = locked.version + 1;
    await this.insertVersion(tx, input, version, digest);
    await tx.app.update({
      where: { id: appId },
      data: { ...app, manifestVersion: version, updatedAt: new Date() },
    });
    await this.saveEndpoints(tx, appId, withStaticValues(manifest, staticValues));
    return {
      version,
      created,
      changed: true,
      ...(created && { signingSecret: await this.addSecret(tx, appId) }),
    };
  }

  private async insertVersion(
    tx: Transaction,
    input: ManifestToSave,
    version: number,
    digest: string,
  ): Promise<void> {
    const { appId, actor, staticValues } = input;
    const sealed = withHeaderValues(input.document, (value, capability, header) =>
      this.secrets.seal(value, manifestHeaderAad(appId, version, capability, header)),
    );
    // Raw SQL, because the Prisma client gives some keys of a JSON value a special meaning.
    await tx.$executeRaw`
      INSERT INTO manifest_versions (app_id, version, document, static_values, digest, created_by)
      VALUES (${appId}, ${version}, ${JSON.stringify(sealed)}::jsonb, ${JSON.stringify(staticValues)}::jsonb,
        ${digest}, ${actor.slice(0, 255)})`;
  }

  private async saveEndpoints(tx: Transaction, appId: string, manifest: Manifest): Promise<void> {
    const existing = await tx.endpoint.findMany({ where: { appId }, select: { id: true, capability: true } });
    const ids = new Map(existing.map(({ id, capability }) => [capability, id]));
    const tools = {
      concurrency: this.config.delivery.endpointConcurrency,
      newId,
      seal: (plaintext: string, aad: string) => this.secrets.seal(plaintext, aad),
    };
    const rows = endpointRows(manifest, { ...tools, idOf: (capability) => ids.get(capability) });
    await tx.$executeRaw(upsertEndpoints(appId, rows, 'capability'));
    await tx.$executeRaw(
      removeOtherEndpoints(
        appId,
        rows.map(({ capability }) => capability),
      ),
    );
    await declareSubscriptions(tx, appId, manifest.subscriptions, tools);
  }

  private async addSecret(tx: Transaction, appId: string): Promise<string> {
    const id = newId();
    const secret = generateSecret(randomBytes);
    await tx.signingSecret.create({
      data: { id, appId, sealed: this.secrets.seal(secret, signingSecretAad(id)) },
    });
    return secret;
  }
}

/** A deadlock, which PostgreSQL ended by cancelling this transaction. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  // Raw statements keep PostgreSQL's own code.
  const { cause } = (error.meta?.driverAdapterError ?? {}) as { cause?: { originalCode?: string } };
  return error.code === 'P2034' || cause?.originalCode === '40P01';
}
