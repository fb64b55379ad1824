import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  AppRegistry,
  HeldByPlatformError,
  overlapProblem,
  SECRET_OVERLAP_MS,
  SourceTargets,
  targetOfName,
  type HoldActor,
} from '@breakwater/manifest';
import { PRESETS } from '../presets/index.js';
import type { Scheme } from '../verification/scheme.js';
import { isSecretSent, madeSecret, notMadeProblem } from './made-secret.js';
import { SourceDirectory } from './source-directory.service.js';
import { documentOf, settingsOf, withChanges } from './source-document.js';
import { SourceHoldStore } from './source-hold.store.js';
import { generateSourceKey } from './source-key.js';
import {
  LIVE_MAX,
  secretProblems,
  sourceNameProblems,
  sourceProblems,
  SOURCES_MAX,
  targetListProblems,
  TARGETS_MAX,
  type SourceDocument,
} from './source-rules.js';
import type { SourceView } from './source-view.js';
import {
  SourceExistsError,
  SourceInvalidError,
  SourceNotFoundError,
  SourceRotationFullError,
  SourcesFullError,
  TargetNotFoundError,
} from './source.error.js';
import { SourceStore } from './source.store.js';
import { schemeOf } from './verification-rules.js';

export interface SourceToCreate extends SourceDocument {
  name: unknown;
  /** What the provider shows; left out: none yet. */
  secret?: unknown;
  /** Whether Breakwater makes the secret, for providers that let one choose it. */
  generateSecret: boolean;
  targets?: unknown;
  paused: boolean;
}

export interface SourceChanges extends SourceDocument {
  /** Replaces all secrets at once. */
  secret?: unknown;
}

export interface SourceRotation {
  /** How long what is replaced stays valid, ms; 24 h by default, 0: not at all. */
  overlapMs?: number | undefined;
}

/** A source, and a secret that Breakwater made and that is not shown again. */
export interface WithSecret {
  source: SourceView;
  secret: string | null;
}

/** Creates and changes the addresses where apps receive requests of providers. */
@Injectable()
export class Sources {
  constructor(
    private readonly store: SourceStore,
    private readonly holds: SourceHoldStore,
    private readonly targets: SourceTargets,
    private readonly directory: SourceDirectory,
    private readonly apps: AppRegistry,
  ) {}

  /** Sorted by name. @throws AppNotFoundError */
  async list(appId: string): Promise<SourceView[]> {
    await this.apps.get(appId);
    return this.store.list(appId);
  }

  /** @throws SourceNotFoundError */
  async get(appId: string, name: string): Promise<SourceView> {
    const source = await this.store.find(appId, name);
    if (!source) throw new SourceNotFoundError(appId, name);
    return source;
  }

  /** @throws AppNotFoundError, SourceInvalidError, SourceExistsError, SourcesFullError, SsrfBlockedError */
  async create(appId: string, request: SourceToCreate, actor: HoldActor): Promise<WithSecret> {
    const { name, targets = [], paused } = request;
    await this.requireValid(appId, request, targets);
    const verification = request.verification as Record<string, unknown>;
    const made = request.generateSecret ? this.made(verification, '/generateSecret') : null;
    const secret = made ?? (request.secret as string | undefined) ?? null;
    if ((await this.store.count(appId)) >= SOURCES_MAX)
      throw new SourcesFullError('an app', 'sources', SOURCES_MAX);
    const isNew = await this.store.create({
      appId,
      name: name as string,
      settings: settingsOf(request),
      key: generateSourceKey(randomBytes),
      secret,
      targets: await this.targets.resolved(appId, name as string, placed(targets as unknown[])),
      paused: paused ? { by: actor.name, byPlatform: actor.isPlatform } : null,
    });
    if (!isNew) throw new SourceExistsError(appId, name as string);
    await this.targets.announce(appId);
    return { source: await this.changed(appId, name as string), secret: made };
  }

  /**
   * Changes the given members; null sets the default. Two changes at once are both made.
   * @throws SourceNotFoundError, SourceInvalidError
   */
  async update(appId: string, name: string, { secret, ...changes }: SourceChanges): Promise<SourceView> {
    let isSaved = false;
    while (!isSaved) {
      const seen = await this.get(appId, name);
      const document = withChanges(documentOf(seen), changes);
      const problems = sourceProblems(document, secret, PRESETS);
      if (problems.length > 0) throw new SourceInvalidError(problems);
      isSaved = await this.store.update(seen, settingsOf(document), (secret as string | undefined) ?? null);
    }
    return this.changed(appId, name);
  }

  /**
   * Its address answers 404 from now on. Events that wait because it is paused are released: other subscriptions get
   * them.
   * @throws SourceNotFoundError
   */
  async remove(appId: string, name: string): Promise<void> {
    const { id } = await this.get(appId, name);
    await this.store.remove(id);
    await this.targets.announce(appId);
    await this.directory.announce(id);
  }

  /** @throws SourceNotFoundError, SourceInvalidError, SourceRotationFullError */
  async rotateKey(appId: string, name: string, { overlapMs }: SourceRotation): Promise<SourceView> {
    const overlap = checkedOverlap(overlapMs);
    const { id, previousUrls } = await this.get(appId, name);
    requirePlace('keys', previousUrls.length + 1, previousUrls.at(-1)?.expiresAt, overlap);
    await this.store.rotateKey(id, generateSourceKey(randomBytes), overlap);
    return this.changed(appId, name);
  }

  /**
   * Adds a secret; the others are accepted for the overlap.
   * @param secret left out: Breakwater makes one, which is not shown again
   * @throws SourceNotFoundError, SourceInvalidError, SourceRotationFullError
   */
  async rotateSecret(
    appId: string,
    name: string,
    { overlapMs, secret }: SourceRotation & { secret?: unknown },
  ): Promise<WithSecret> {
    const overlap = checkedOverlap(overlapMs);
    const { id, secrets, verification } = await this.get(appId, name);
    const made = secret === undefined ? this.made(verification, '/secret') : null;
    if (secret !== undefined) requireSecret(secret, schemeOf(verification, PRESETS));
    requirePlace('secrets', secrets.length, secrets.at(-1)?.expiresAt, overlap);
    await this.store.rotateSecret(id, made ?? (secret as string), overlap);
    return { source: await this.changed(appId, name), secret: made };
  }

  /** Requests are still stored, verified and answered; their events wait. @throws SourceNotFoundError */
  async pause(appId: string, name: string, reason: string | null, actor: HoldActor): Promise<SourceView> {
    const { id } = await this.get(appId, name);
    await this.holds.pause(id, reason, actor);
    return this.changed(appId, name);
  }

  /**
   * The hint makes the workers release what waits; without it they do within 5 s.
   * @throws SourceNotFoundError; HeldByPlatformError if an admin paused it and the actor is an app's key
   */
  async resume(appId: string, name: string, actor: HoldActor): Promise<SourceView> {
    const { id } = await this.get(appId, name);
    await this.holds.resume(id, actor);
    const after = await this.changed(appId, name);
    if (after.pausedAt !== null) throw new HeldByPlatformError(`source "${name}"`, 'paused', after.pausedBy);
    return after;
  }

  /**
   * Creates a target, or replaces the one of this name.
   * @throws SourceNotFoundError, SourceInvalidError, SourcesFullError, SsrfBlockedError
   */
  async putTarget(appId: string, name: string, target: string, document: object): Promise<SourceView> {
    const source = await this.get(appId, name);
    const asked = { target: { ...document, name: target }, path: [] };
    const problems = await this.targets.problems(appId, [asked]);
    if (problems.length > 0) throw new SourceInvalidError(problems);
    const others = source.targets.filter((one) => targetOfName(one.name) !== target);
    if (others.length >= TARGETS_MAX) throw new SourcesFullError('a source', 'targets', TARGETS_MAX);
    const [resolved] = await this.targets.resolved(appId, name, [asked]);
    if (!(await this.store.putTarget(source, resolved!))) throw new SourceNotFoundError(appId, name);
    await this.targets.announce(appId);
    return this.changed(appId, name);
  }

  /** What waits for it becomes dead letters. @throws SourceNotFoundError, TargetNotFoundError */
  async removeTarget(appId: string, name: string, target: string): Promise<void> {
    const source = await this.get(appId, name);
    if (!(await this.store.removeTarget(source, target))) throw new TargetNotFoundError(name, target);
    await this.targets.announce(appId);
    await this.directory.announce(source.id);
  }

  private async requireValid(appId: string, request: SourceToCreate, targets: unknown): Promise<void> {
    const ofList = targetListProblems(targets);
    const each = Array.isArray(targets) ? placed(targets.slice(0, TARGETS_MAX)) : [];
    const problems = [
      ...sourceNameProblems(request.name),
      ...sourceProblems(request, request.secret, PRESETS),
      ...(request.generateSecret && request.secret !== undefined ? [BOTH_SECRETS] : []),
      ...ofList,
      ...(await this.targets.problems(appId, each)),
    ];
    if (problems.length > 0) throw new SourceInvalidError(problems);
  }

  /** @throws SourceInvalidError if none can be made */
  private made(verification: Record<string, unknown>, pointer: string): string {
    const isSent = isSecretSent(verification, PRESETS);
    const made = isSent ? null : madeSecret(schemeOf(verification, PRESETS), randomBytes);
    if (made === null) throw new SourceInvalidError([notMadeProblem(pointer)]);
    return made;
  }

  /** The source after a change, which every process knows now. */
  private async changed(appId: string, name: string): Promise<SourceView> {
    const source = await this.get(appId, name);
    await this.directory.announce(source.id);
    return source;
  }
}

const BOTH_SECRETS = {
  pointer: '/generateSecret',
  rule: 'one_of',
  message: 'generateSecret makes a secret, and `secret` gives one: leave one of them out',
};

/** @throws SourceInvalidError */
function requireSecret(secret: unknown, scheme: Scheme | null): void {
  const problems = secretProblems(secret, scheme);
  if (problems.length > 0) throw new SourceInvalidError(problems);
}

function placed(targets: readonly unknown[]) {
  return targets.map((target, index) => ({ target, path: ['targets', index] }));
}

/** @throws SourceInvalidError */
function checkedOverlap(overlapMs = SECRET_OVERLAP_MS): number {
  const problem = overlapProblem(overlapMs);
  if (problem) throw new SourceInvalidError([problem]);
  return overlapMs;
}

/** @throws SourceRotationFullError if one more would end a promised overlap */
function requirePlace(
  what: 'keys' | 'secrets',
  live: number,
  oldestUntil: Date | null | undefined,
  overlapMs: number,
): void {
  if (live < LIVE_MAX || overlapMs === 0 || !oldestUntil) return;
  throw new SourceRotationFullError(what, LIVE_MAX, oldestUntil);
}
