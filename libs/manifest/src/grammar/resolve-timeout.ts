const SYNC_TIMEOUT_MAX_MS = 30_000;

/** Timeouts from the settings, in ms: `WEBHOOK_TIMEOUT_DEFAULT`, `WEBHOOK_TIMEOUT_<CAPABILITY>` and the async default. */
export interface TimeoutSettings {
  default: number;
  asyncDefault: number;
  byCapability: Readonly<Record<string, number>>;
}

export interface TimeoutSources {
  /** The app's own overrides, ms by capability, set by an admin. */
  appTimeouts: Readonly<Record<string, number>>;
  /** The manifest's timeout, ms. */
  manifestTimeoutMs: number | null;
  settings: TimeoutSettings;
}

/**
 * Deadline of one call, ms. The first of these that is set: the app's override, the manifest,
 * `WEBHOOK_TIMEOUT_<CAPABILITY>`, the default. `WEBHOOK_TIMEOUT_<CAPABILITY>` applies to sync and async capabilities
 * alike; only the default differs: it is `asyncDefault` (30000 as shipped) for an async capability, because nobody
 * waits for it. A sync call never waits longer than 30000.
 */
export function resolveTimeout(sources: TimeoutSources, capability: string, async: boolean): number {
  const { appTimeouts, manifestTimeoutMs, settings } = sources;
  const timeoutMs =
    own(appTimeouts, capability) ??
    manifestTimeoutMs ??
    own(settings.byCapability, capability) ??
    (async ? settings.asyncDefault : settings.default);
  return async ? timeoutMs : Math.min(timeoutMs, SYNC_TIMEOUT_MAX_MS);
}

function own(timeouts: Readonly<Record<string, number>>, capability: string): number | undefined {
  return Object.hasOwn(timeouts, capability) ? timeouts[capability] : undefined;
}
