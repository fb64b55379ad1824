import { Injectable } from '@nestjs/common';
import { readable, type Problem } from '@breakwater/platform';
import { EndpointDirectory } from '../directory/endpoint-directory.service.js';
import { APP_ID_PATTERN, isAppId } from '../grammar/app-id.js';
import { staticValuesOf, type StaticValues } from '../grammar/static-values.js';
import { hasMaskedHeader, keepHeaders } from './kept-headers.js';
import { ManifestCheck } from './manifest-check.service.js';
import { ManifestInvalidError, ManifestVersionNotFoundError } from './manifest.error.js';
import { ManifestStore, type SavedManifest } from './manifest.store.js';
import { isVersionNumber } from './version-number.js';

export interface Registration extends SavedManifest {
  warnings: Problem[];
}

/** Registers manifests: which apps may be called, where, and how. */
@Injectable()
export class ManifestRegistry {
  constructor(
    private readonly manifests: ManifestCheck,
    private readonly store: ManifestStore,
    private readonly directory: EndpointDirectory,
  ) {}

  /**
   * Registers or replaces an app's manifest. If there is any problem, nothing is stored. A header whose value is the
   * mask keeps the value in force.
   * @param actor who asks, for the audit log
   * @param text the document as it was written: a static fallback answers with its value in this spelling
   * @throws ManifestInvalidError, SsrfBlockedError
   */
  async register(appId: string, document: unknown, actor: string, text?: Buffer): Promise<Registration> {
    const kept = await this.withKeptHeaders(appId, document);
    return this.save({ appId, document: kept, actor }, () =>
      staticValuesOf(text ?? Buffer.from(JSON.stringify(document))),
    );
  }

  /** Checks a manifest as `register` would and stores nothing. */
  async validate(document: unknown): Promise<{ warnings: Problem[] }> {
    const { warnings } = await this.manifests.check(document);
    return { warnings };
  }

  /**
   * Registers an old version again as the next version, with the real values of its headers.
   * @throws ManifestVersionNotFoundError; SecretDamagedError when a header of that version cannot be opened
   */
  async rollback(appId: string, version: number, actor: string): Promise<Registration> {
    const isPossible = isAppId(appId) && isVersionNumber(version);
    const stored = isPossible ? await this.store.readPlain(appId, version) : null;
    if (!stored) throw new ManifestVersionNotFoundError(appId, version);
    const { document, staticValues } = stored;
    return this.save({ appId, document, actor }, () => staticValues);
  }

  /** @throws ManifestInvalidError where a mask has no value to stand for */
  private async withKeptHeaders(appId: string, document: unknown): Promise<unknown> {
    if (!isAppId(appId) || !hasMaskedHeader(document)) return document;
    const active = await this.store.readActive(appId);
    const kept = keepHeaders(document, active?.document ?? null);
    if (kept.problems.length > 0) throw new ManifestInvalidError(kept.problems);
    return kept.document;
  }

  private async save(
    input: { appId: string; document: unknown; actor: string },
    valuesOfValid: () => StaticValues,
  ): Promise<Registration> {
    const { appId, document } = input;
    if (!isAppId(appId)) throw new ManifestInvalidError([appIdProblem(appId)]);
    const { manifest, warnings } = await this.manifests.check(document);
    const saved = await this.store.save({ ...input, manifest, staticValues: valuesOfValid() });
    // A new URL enables an endpoint that was disabled by a 410.
    if (saved.changed) await this.directory.letGo(appId);
    return { ...saved, warnings };
  }
}

function appIdProblem(appId: string): Problem {
  return {
    pointer: '',
    rule: 'app_id',
    message: 'an app id is a letter or digit, then letters, digits, ".", "_" and "-", 255 at most',
    bounds: { pattern: APP_ID_PATTERN },
    value: readable(appId),
  };
}
