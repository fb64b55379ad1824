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
  /** What the manifest says, in ms. */
  manifestTimeoutMs: number | null;
  settings: TimeoutSettings;
}

/**
 * Deadline of one call, in ms. First hit wins: the app's override, the manifest, `WEBHOOK_TIMEOUT_<CAPABILITY>`,
 * the default. `WEBHOOK_TIMEOUT_<CAPABILITY>` speaks for a capability whether it is sync or async; only
 * the last step differs: an async capability that nothing more specific names gets `asyncDefault` (30000 as
 * shipped), since nobody waits for it. Nothing makes a sync call wait longer than 30000.
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
