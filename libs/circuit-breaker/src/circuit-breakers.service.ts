import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HintBus, newId } from '@breakwater/platform';
import { CallWindows } from './call-windows.service.js';
import { BREAKER_CHANNEL, BreakerStore, type BreakerKey, type BreakerRow } from './breaker.store.js';
import {
  admit,
  healthy,
  isNearOpening,
  refusedUntilMs,
  transition,
  type BreakerPolicy,
  type Circuit,
  type CircuitState,
} from './circuit.js';
import { exceededRate, isSlow, rateReason, ratesOf, type ExceededRate } from './rates.js';

export type BreakerMode = 'enforce' | 'observe' | 'off';

export interface BreakerOptions {
  mode: BreakerMode;
  /** Longest a state may be believed without a push, ms. */
  refreshMs?: number;
}

/** A call's leave to go out, to be handed back with its result. */
export type Admission =
  /** `generation` is null where this process knew no row: the result counts while the circuit is closed. */
  | { kind: 'pass'; key: BreakerKey; policy: BreakerPolicy; generation: number | null }
  | { kind: 'probe'; key: BreakerKey; policy: BreakerPolicy; generation: number; token: string }
  | { kind: 'refused'; key: BreakerKey; retryInMs: number }
  /** Goes out, and its result changes nothing: the breaker is off, or only observes. */
  | { kind: 'unjudged'; key: BreakerKey };

/** `durationMs` counts where the policy looks at slow calls. */
export type CallResult =
  | { judged: 'success'; durationMs?: number }
  | { judged: 'failure'; reason: string; durationMs?: number }
  | { judged: 'ignored' };

type JudgedResult = Exclude<CallResult, { judged: 'ignored' }>;
type JudgedAdmission = Extract<Admission, { kind: 'pass' | 'probe' }>;

/** A rate that a call made too high, and how people are told of it. */
interface Exceeded {
  rate: ExceededRate;
  reason: string;
}

/** What a process believes of one breaker, times on its own monotonic clock. */
interface Belief {
  row: BreakerRow;
  circuit: Circuit;
  claiming: boolean;
}

/** A probe's lease outlives its call by this, ms. */
const PROBE_MARGIN_MS = 5_000;
/** Longest a call waits to learn whether the failures before it have opened its breaker, ms. */
const LOOK_WITHIN_MS = 200;

/** The breakers of all apps as this process sees them: memory answers, the row in Postgres decides. */
@Injectable()
export class CircuitBreakers implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('CircuitBreaker');
  private readonly beliefs = new Map<string, Belief>();
  /** The last write of this process about each breaker. */
  private readonly writing = new Map<string, Promise<unknown>>();
  /** Failures of this process that are not in the row yet. */
  private readonly unwritten = new Map<string, number>();
  /** Reads of a row that have not begun: whoever asks joins them. */
  private readonly looks = new Map<string, Promise<unknown>>();
  private readonly windows = new CallWindows();
  private readonly listeners = new Set<(key: BreakerKey, state: CircuitState) => void>();
  private readonly probeListeners = new Set<(key: BreakerKey) => void>();
  private refreshing: NodeJS.Timeout | undefined;
  private lastReadMs: number | null = null;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly store: BreakerStore,
    private readonly hints: HintBus,
    private readonly options: BreakerOptions,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.options.mode === 'off') return;
    this.unsubscribe = this.hints.subscribe(BREAKER_CHANNEL, (payload) => {
      const [appId, capability] = payload?.split(' ') ?? [];
      if (appId && capability) this.reread({ appId, capability }).catch(() => undefined);
      else this.refresh(true).catch(() => undefined);
    });
    await this.refresh(true);
    const every = this.options.refreshMs ?? 4_000;
    this.refreshing = setInterval(() => void this.refresh(false).catch(() => undefined), every);
  }

  onModuleDestroy(): void {
    clearInterval(this.refreshing);
    this.unsubscribe?.();
    this.windows.close();
  }

  /** Tells each change of state this process learns of, whoever made it. */
  onChange(listener: (key: BreakerKey, state: CircuitState) => void): void {
    this.listeners.add(listener);
  }

  /** Tells that a probe was brought forward, in the process that did it: in one of all. */
  onProbeSoon(listener: (key: BreakerKey) => void): void {
    this.probeListeners.add(listener);
  }

  /** Whether any breaker is open, as far as this process knows. */
  isAnyOpen(): boolean {
    for (const { circuit } of this.beliefs.values()) if (circuit.state === 'open') return true;
    return false;
  }

  stateOf(key: BreakerKey): CircuitState {
    return this.beliefs.get(nameOf(key))?.circuit.state ?? 'closed';
  }

  /**
   * Asks leave for one call. In memory while the circuit is closed or refuses; one conditional UPDATE for a probe, and
   * one read where one more failure opens it: it may have happened in another process.
   * @param callTimeoutMs the call's own deadline: a probe's lease lasts that long and 5 s
   */
  async admit(key: BreakerKey, policy: BreakerPolicy, callTimeoutMs: number): Promise<Admission> {
    if (this.options.mode === 'off') return { kind: 'unjudged', key };
    if (this.options.mode === 'enforce' && this.isNearOpening(key, policy)) await this.lookAgain(key);
    const belief = this.beliefs.get(nameOf(key));
    if (!belief) return { kind: 'pass', key, policy, generation: null };
    const nowMs = performance.now();
    const answer = admit(belief.circuit, nowMs);
    if (answer === 'pass') return { kind: 'pass', key, policy, generation: belief.row.generation };
    if (answer === 'probe' && !belief.claiming) {
      const probe = await this.claimProbe(belief, key, policy, callTimeoutMs + PROBE_MARGIN_MS);
      if (probe) return probe;
      // Not ours: whoever was quicker may have closed it meanwhile.
      if (belief.circuit.state === 'closed')
        return { kind: 'pass', key, policy, generation: belief.row.generation };
    }
    if (this.options.mode === 'observe') return { kind: 'unjudged', key };
    const untilMs = refusedUntilMs(belief.circuit) ?? nowMs;
    return { kind: 'refused', key, retryInMs: Math.max(0, untilMs - performance.now()) };
  }

  /** Takes a call's result. A healthy success touches no database; a result of an older generation changes nothing. */
  async report(admission: Admission, result: CallResult): Promise<void> {
    if (admission.kind === 'refused' || admission.kind === 'unjudged') return;
    const { key } = admission;
    if (result.judged === 'ignored') {
      if (admission.kind === 'probe') await this.exclusively(key, () => this.giveBack(admission));
      return;
    }
    const belief = this.beliefs.get(nameOf(key));
    const exceeded = this.exceededBy(admission, result);
    const untouched = !belief || (belief.circuit.state === 'closed' && belief.circuit.failures === 0);
    if (admission.kind === 'pass' && result.judged === 'success' && untouched && !exceeded) return;
    if (result.judged === 'success')
      await this.exclusively(key, () => this.apply(admission, result, exceeded));
    else await this.applyFailure(admission, result, exceeded);
  }

  /** Closes a breaker by hand, counts at zero. @returns false when it has no row */
  async reset(key: BreakerKey, actor: string): Promise<boolean> {
    return this.exclusively(key, async () => {
      for (;;) {
        const row = await this.reread(key);
        if (!row) return false;
        const saved = await this.store.save(
          key,
          row,
          {
            ...unchanged,
            next: healthy,
            changed: row.state !== 'closed',
            told: true,
            cause: 'reset',
            failureCount: row.failureCount,
            actor,
          },
          null,
        );
        if (saved) {
          this.believe(saved);
          this.log.log({ msg: 'circuit reset', ...key, from: row.state, actor });
          return true;
        }
      }
    });
  }

  /**
   * Lets the app's open circuits be probed now: something says that it is well again. The next call is the probe.
   * After a probe that failed all the same, the circuit stays open for as long as its outage had lasted by then.
   * @returns the capabilities whose probe was brought forward
   */
  async probeSoon(appId: string): Promise<string[]> {
    if (this.options.mode === 'off') return [];
    const rows = await this.store.probeSoon(appId);
    for (const row of rows) {
      this.believe(row);
      const key = { appId: row.appId, capability: row.capability };
      this.log.log({ msg: 'circuit open: probe brought forward', ...key });
      for (const listener of this.probeListeners) listener(key);
    }
    return rows.map(({ capability }) => capability);
  }

  /** Until it is in the row, calls that one more failure could refuse wait for it. */
  private async applyFailure(
    admission: JudgedAdmission,
    result: JudgedResult,
    exceeded: Exceeded | null,
  ): Promise<void> {
    const name = nameOf(admission.key);
    this.unwritten.set(name, (this.unwritten.get(name) ?? 0) + 1);
    try {
      await this.exclusively(admission.key, () => this.apply(admission, result, exceeded));
    } finally {
      const left = this.unwritten.get(name)! - 1;
      if (left > 0) this.unwritten.set(name, left);
      else this.unwritten.delete(name);
    }
  }

  /** Counts a call in its window, where the policy looks at rates: in memory. Probes and late results do not count. */
  private exceededBy(
    { kind, key, policy, generation }: JudgedAdmission,
    result: JudgedResult,
  ): Exceeded | null {
    const rates = kind === 'pass' ? ratesOf(policy) : null;
    const name = nameOf(key);
    if (!rates || !this.isCurrent(name, generation)) return null;
    const call = { failed: result.judged === 'failure', slow: isSlow(rates, result.durationMs ?? 0) };
    const counts = this.windows.record(name, rates.windowMs, call);
    const rate = exceededRate(counts, call, rates);
    return rate && { rate, reason: rateReason(rate, counts, rates) };
  }

  private isCurrent(name: string, generation: number | null): boolean {
    const belief = this.beliefs.get(name);
    return generation === null
      ? (belief?.circuit ?? healthy).state === 'closed'
      : belief?.row.generation === generation;
  }

  private isNearOpening(key: BreakerKey, policy: BreakerPolicy): boolean {
    const name = nameOf(key);
    const circuit = this.beliefs.get(name)?.circuit ?? healthy;
    if (circuit.state !== 'closed') return false;
    return isNearOpening(circuit.failures + (this.unwritten.get(name) ?? 0), policy);
  }

  /**
   * Reads the row once this process' own writes are in it: one read for all who ask before it begins. Without an answer
   * in time the call goes by what is believed: no database, no decision.
   */
  private async lookAgain(key: BreakerKey): Promise<void> {
    const name = nameOf(key);
    let look = this.looks.get(name);
    if (!look) {
      look = this.exclusively(key, () => {
        this.looks.delete(name);
        return this.reread(key);
      }).catch(() => undefined);
      this.looks.set(name, look);
    }
    await Promise.race([look, delay(LOOK_WITHIN_MS, undefined, { ref: false })]);
  }

  private async apply(
    admission: JudgedAdmission,
    result: JudgedResult,
    exceeded: Exceeded | null,
  ): Promise<void> {
    const { key, policy } = admission;
    const isFailure = result.judged === 'failure';
    const token = admission.kind === 'probe' ? admission.token : null;
    for (;;) {
      const belief = this.beliefs.get(nameOf(key));
      const circuit = belief?.circuit ?? healthy;
      if (!this.isCurrent(nameOf(key), admission.generation)) return;
      const nowMs = performance.now();
      const byCount = transition(circuit, { type: result.judged }, nowMs, policy);
      const opensByRate = exceeded !== null && byCount.state === 'closed';
      const next = opensByRate ? transition(circuit, { type: 'rate_exceeded' }, nowMs, policy) : byCount;
      if (next === circuit) return;
      const changed = next.state !== circuit.state;
      const failureCount =
        isFailure && circuit.state === 'closed'
          ? circuit.failures + 1
          : (belief?.row.failureCount ?? 0) + (isFailure ? 1 : 0);
      const error = isFailure ? result.reason : null;
      const saved = await this.store.save(
        key,
        belief?.row ?? null,
        {
          next,
          retryInMs: next.state === 'open' ? next.retryAtMs - nowMs : null,
          changed,
          told: changed || isNews(circuit, policy) || isNews(next, policy),
          cause: changed ? (opensByRate ? exceeded.rate : causeOf(circuit.state, next.state)) : null,
          failureCount,
          failed: isFailure || opensByRate,
          reason: opensByRate ? textOf(exceeded, error) : (error?.slice(0, 500) ?? null),
          actor: null,
        },
        token,
      );
      if (saved) {
        this.believe(saved);
        if (changed) {
          const line = { ...key, from: circuit.state, to: next.state, failures: failureCount, ...result };
          this.tell({ ...line, ...(opensByRate ? { reason: exceeded.reason } : {}) });
        }
        return;
      }
      if (token !== null) return; // the lease ran out and another probe decides
      await this.reread(key);
    }
  }

  private async claimProbe(
    belief: Belief,
    key: BreakerKey,
    policy: BreakerPolicy,
    leaseMs: number,
  ): Promise<Admission | null> {
    belief.claiming = true;
    try {
      const token = newId();
      const row = await this.store.claimProbe(key, token, leaseMs);
      if (!row) {
        await this.reread(key);
        return null;
      }
      const wasOpen = belief.circuit.state === 'open' && row.generation > belief.row.generation;
      this.believe(row);
      if (wasOpen)
        this.log.log({ msg: 'circuit half-open: one probe goes out', ...key, generation: row.generation });
      return { kind: 'probe', key, policy, generation: row.generation, token };
    } finally {
      belief.claiming = false;
    }
  }

  private async giveBack(admission: Extract<Admission, { kind: 'probe' }>): Promise<void> {
    await this.store.releaseProbe(admission.key, admission.token);
    await this.reread(admission.key);
  }

  private async refresh(everything: boolean): Promise<void> {
    const startedMs = performance.now();
    const sinceMs = everything || this.lastReadMs === null ? null : startedMs - this.lastReadMs + 2_000;
    const rows = await this.store.changed(sinceMs);
    for (const row of rows) this.believe(row);
    this.lastReadMs = startedMs;
  }

  private async reread(key: BreakerKey): Promise<BreakerRow | null> {
    const row = await this.store.find(key);
    if (row) this.believe(row);
    else this.forget(key);
    return row;
  }

  /** Takes a row over what was believed, unless that is newer. */
  private believe(row: BreakerRow): void {
    const name = nameOf(row);
    const known = this.beliefs.get(name);
    if (known && known.row.version > row.version) return;
    const circuit = circuitOf(row, performance.now());
    const before = known?.circuit.state ?? 'closed';
    if (known) Object.assign(known, { row, circuit });
    else this.beliefs.set(name, { row, circuit, claiming: false });
    if (before !== circuit.state) {
      this.windows.forget(name);
      for (const listener of this.listeners)
        listener({ appId: row.appId, capability: row.capability }, circuit.state);
    }
  }

  /** The row went with its app. */
  private forget(key: BreakerKey): void {
    const before = this.stateOf(key);
    this.beliefs.delete(nameOf(key));
    this.windows.forget(nameOf(key));
    if (before !== 'closed') for (const listener of this.listeners) listener(key, 'closed');
  }

  /** One write at a time per breaker and process: the others wait for its result instead of racing it. */
  private async exclusively<T>(key: BreakerKey, work: () => Promise<T>): Promise<T> {
    const name = nameOf(key);
    const mine = (this.writing.get(name) ?? Promise.resolve()).then(work, work);
    this.writing.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.writing.get(name) === mine) this.writing.delete(name);
    }
  }

  private tell(
    change: BreakerKey & { from: CircuitState; to: CircuitState; failures: number; reason?: string },
  ): void {
    const line = { msg: `circuit ${change.from} -> ${change.to}`, ...change };
    if (change.to === 'open') this.log.warn(line);
    else this.log.log(line);
  }
}

/** Whether others must hear of a state before their next refresh: a probe is free, or one more failure opens it. */
function isNews(circuit: Circuit, policy: BreakerPolicy): boolean {
  return (
    circuit.state === 'half_open' || (circuit.state === 'closed' && isNearOpening(circuit.failures, policy))
  );
}

function textOf({ reason }: Exceeded, error: string | null): string {
  return (error === null ? reason : `${reason}, the last with: ${error}`).slice(0, 500);
}

const unchanged = { retryInMs: null, failed: false, reason: null };

function nameOf({ appId, capability }: BreakerKey): string {
  return `${appId} ${capability}`;
}

function causeOf(from: CircuitState, to: CircuitState): 'failures' | 'probe_failed' | 'probes_succeeded' {
  if (to === 'closed') return 'probes_succeeded';
  return from === 'half_open' ? 'probe_failed' : 'failures';
}

function circuitOf(row: BreakerRow, nowMs: number): Circuit {
  switch (row.state) {
    case 'closed':
      return { state: 'closed', failures: row.failureCount };
    case 'open':
      return { state: 'open', retryAtMs: nowMs + (row.retryInMs ?? 0) };
    case 'half_open':
      return {
        state: 'half_open',
        successes: row.successCount,
        probeUntilMs: row.probeInMs === null ? null : nowMs + row.probeInMs,
      };
  }
}
