import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HintBus, newId, OneAtATime, UnderWay, within } from '@breakwater/platform';
import type { Admission, BreakerOptions, CallResult, ChangeOfState, JudgedAdmission } from './admission.js';
import { BreakerStore, nameOf, type BreakerKey, type ForcedBy } from './breaker.store.js';
import { BreakerViews, type BreakerView, type StateListener } from './breaker-views.service.js';
import { CallWindows } from './call-windows.service.js';
import { BreakerOrders } from './breaker-orders.service.js';
import { changeOf, type JudgedResult, type Order } from './change-of.js';
import {
  admit,
  healthy,
  isForced,
  isNearOpening,
  refusedUntilMs,
  type BreakerPolicy,
  type CircuitState,
} from './circuit.js';
import { exceededBy, isSlow, ratesOf, type Exceeded } from './rates.js';

/** The lease of a probe is this much longer than its call's deadline, ms. */
const PROBE_MARGIN_MS = 5_000;
/** Longest wait of a call to find out whether earlier failures have opened its breaker, ms. */
const LOOK_WITHIN_MS = 200;
/** Longest time without a refresh, ms: so nothing is older than 5 s, even if every hint is lost. */
const REFRESH_MS = 4_000;

/** The breakers of all apps as this process sees them: memory answers, the row in PostgreSQL decides. */
@Injectable()
export class CircuitBreakers implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('CircuitBreaker');
  /** Counts of this process' calls, for policies with rates. */
  private readonly windows = new CallWindows();
  private readonly views: BreakerViews;
  /** One write at a time per breaker and process: other calls wait for its result instead of competing with it. */
  private readonly writes = new OneAtATime();
  /** Failures of this process that are not in the row yet. */
  private readonly unwritten = new UnderWay();
  /** Reads of a row that have not started: more callers may join them. */
  private readonly looks = new Map<string, Promise<unknown>>();
  private readonly orders: BreakerOrders;
  private readonly probeListeners = new Set<(key: BreakerKey) => void>();

  constructor(
    private readonly store: BreakerStore,
    private readonly hints: HintBus,
    private readonly options: BreakerOptions,
  ) {
    this.views = new BreakerViews(store, (name) => this.windows.forget(name));
    this.orders = new BreakerOrders(store, this.views, this.writes);
  }

  async onModuleInit(): Promise<void> {
    if (this.options.mode !== 'off')
      await this.views.follow(this.hints, this.options.refreshMs ?? REFRESH_MS);
  }

  onModuleDestroy(): void {
    this.views.close();
    this.windows.close();
  }

  /** Calls the listener for each change of state that this process sees, whichever process made it. */
  onChange(listener: StateListener): void {
    this.views.onChange(listener);
  }

  /** Only in the process that brought the probe forward. */
  onProbeSoon(listener: (key: BreakerKey) => void): void {
    this.probeListeners.add(listener);
  }

  /** Whether any breaker is open, as far as this process knows. */
  isAnyOpen(): boolean {
    return this.views.isAnyOpen();
  }

  stateOf(key: BreakerKey): CircuitState {
    return this.views.stateOf(key);
  }

  /**
   * Decides whether one call may be sent. Memory is enough while the circuit is closed or refuses. A probe takes one
   * conditional UPDATE. Where one more failure opens the circuit, it takes one read, since the failure may have
   * happened in another process.
   * @param callTimeoutMs the call's own deadline: a probe's lease lasts that long and 5 s
   */
  async admit(key: BreakerKey, policy: BreakerPolicy, callTimeoutMs: number): Promise<Admission> {
    if (this.mustLook(key, policy)) await this.lookAgain(key);
    const view = this.views.of(key);
    if (!view || !this.mayProbe(view)) return this.believed(key, policy);
    const probe = await this.claimProbe(view, key, policy, callTimeoutMs + PROBE_MARGIN_MS);
    // If another process has the probe, it may have closed the circuit meanwhile.
    return probe ?? this.believed(key, policy);
  }

  /** The result of {@link admit} if memory is enough, which is nearly always so; otherwise null. */
  admitAtOnce(key: BreakerKey, policy: BreakerPolicy): Admission | null {
    const view = this.views.of(key);
    if (this.mustLook(key, policy) || (view && this.mayProbe(view))) return null;
    return this.believed(key, policy);
  }

  private mustLook(key: BreakerKey, policy: BreakerPolicy): boolean {
    return this.options.mode === 'enforce' && this.isNearOpening(key, policy);
  }

  private mayProbe({ circuit, claiming }: BreakerView): boolean {
    return this.options.mode !== 'off' && !claiming && admit(circuit, performance.now()) === 'probe';
  }

  /** What memory says, without a probe. */
  private believed(key: BreakerKey, policy: BreakerPolicy): Admission {
    if (this.options.mode === 'off') return { kind: 'unjudged', key };
    const view = this.views.of(key);
    if (!view) return { kind: 'pass', key, policy, generation: null };
    const nowMs = performance.now();
    const forced = isForced(view.circuit);
    if (forced && view.circuit.state === 'closed') return { kind: 'unjudged', key };
    if (admit(view.circuit, nowMs) === 'pass')
      return { kind: 'pass', key, policy, generation: view.row.generation };
    if (this.options.mode === 'observe') return { kind: 'unjudged', key };
    // Nobody knows when a person ends it.
    if (forced) return { kind: 'refused', key, retryInMs: policy.recoveryTimeoutMs };
    const untilMs = refusedUntilMs(view.circuit) ?? nowMs;
    return { kind: 'refused', key, retryInMs: Math.max(0, untilMs - nowMs) };
  }

  /** Takes a call's result. A healthy success uses no database; a result of an older generation changes nothing. */
  async report(admission: Admission, result: CallResult): Promise<void> {
    if (admission.kind === 'refused' || admission.kind === 'unjudged') return;
    const { key } = admission;
    if (result.judged === 'ignored') {
      if (admission.kind === 'probe') await this.writes.run(nameOf(key), () => this.giveBack(admission));
      return;
    }
    const view = this.views.of(key);
    const exceeded = this.exceededBy(admission, result);
    const untouched = !view || (view.circuit.state === 'closed' && view.circuit.failures === 0);
    if (admission.kind === 'pass' && result.judged === 'success' && untouched && !exceeded) return;
    if (result.judged === 'success')
      await this.writes.run(nameOf(key), () => this.apply(admission, result, exceeded));
    else await this.applyFailure(admission, result, exceeded);
  }

  /** @see BreakerOrders.reset */
  reset(key: BreakerKey, actor: string): Promise<boolean> {
    return this.orders.reset(key, actor);
  }

  /** @see BreakerOrders.give */
  async order(key: BreakerKey, order: Order, by: ForcedBy): Promise<void> {
    const row = await this.orders.give(key, order, by);
    if (row?.state === 'open' && !row.forced) for (const listener of this.probeListeners) listener(key);
  }

  /**
   * Lets the app's open circuits be probed now, because something reported that the app is healthy again. The next
   * call is the probe. If this probe fails, the circuit stays open for as long as its outage had lasted by then.
   * @returns the capabilities whose probe was brought forward
   */
  async probeSoon(appId: string): Promise<string[]> {
    if (this.options.mode === 'off') return [];
    const rows = await this.store.probeSoon(appId);
    for (const row of rows) {
      this.views.take(row);
      const key = { appId: row.appId, capability: row.capability };
      this.log.log({ msg: 'circuit open: probe brought forward', ...key });
      for (const listener of this.probeListeners) listener(key);
    }
    return rows.map(({ capability }) => capability);
  }

  /** Until the failure is in the row, calls that one more failure could refuse wait for it. */
  private async applyFailure(
    admission: JudgedAdmission,
    result: JudgedResult,
    exceeded: Exceeded | null,
  ): Promise<void> {
    const name = nameOf(admission.key);
    await this.unwritten.during(name, () =>
      this.writes.run(name, () => this.apply(admission, result, exceeded)),
    );
  }

  /** Counts a call in its window in memory, where the policy has rates. Probes and late results do not count. */
  private exceededBy(
    { kind, key, policy, generation }: JudgedAdmission,
    result: JudgedResult,
  ): Exceeded | null {
    const rates = kind === 'pass' ? ratesOf(policy) : null;
    if (!rates || !this.isCurrent(key, generation)) return null;
    const call = { failed: result.judged === 'failure', slow: isSlow(rates, result.durationMs ?? 0) };
    return exceededBy(this.windows.record(nameOf(key), rates.windowMs, call), call, rates);
  }

  private isCurrent(key: BreakerKey, generation: number | null): boolean {
    const view = this.views.of(key);
    return generation === null
      ? (view?.circuit ?? healthy).state === 'closed'
      : view?.row.generation === generation;
  }

  private isNearOpening(key: BreakerKey, policy: BreakerPolicy): boolean {
    const name = nameOf(key);
    const circuit = this.views.of(key)?.circuit ?? healthy;
    if (circuit.state !== 'closed' || circuit.forced) return false;
    return isNearOpening(circuit.failures + this.unwritten.count(name), policy);
  }

  /**
   * Reads the row after this process' own writes; callers before the read share it. In time, or the call goes by what
   * is known.
   */
  private async lookAgain(key: BreakerKey): Promise<void> {
    const name = nameOf(key);
    let look = this.looks.get(name);
    if (!look) {
      look = this.writes
        .run(nameOf(key), () => {
          this.looks.delete(name);
          return this.views.reread(key);
        })
        .catch(() => undefined);
      this.looks.set(name, look);
    }
    await within(look, LOOK_WITHIN_MS);
  }

  private async apply(
    admission: JudgedAdmission,
    result: JudgedResult,
    exceeded: Exceeded | null,
  ): Promise<void> {
    const { key, policy } = admission;
    const token = admission.kind === 'probe' ? admission.token : null;
    for (;;) {
      if (!this.isCurrent(key, admission.generation)) return;
      const row = this.views.of(key)?.row ?? null;
      const circuit = this.views.of(key)?.circuit ?? healthy;
      const failureCount = row?.failureCount ?? 0;
      const nowMs = performance.now();
      const change = changeOf({ circuit, failureCount, policy, result, exceeded, nowMs });
      if (!change) return;
      const saved = await this.store.save(key, row, change, token);
      if (saved) {
        this.views.take(saved);
        if (change.changed) {
          const byRate = exceeded !== null && change.cause === exceeded.rate;
          this.tell({
            ...key,
            from: circuit.state,
            to: change.next.state,
            failures: change.failureCount,
            ...result,
            ...(byRate ? { reason: exceeded.reason } : {}),
          });
        }
        return;
      }
      if (token !== null) return; // The lease expired and another probe decides.
      await this.views.reread(key);
    }
  }

  private async claimProbe(
    view: BreakerView,
    key: BreakerKey,
    policy: BreakerPolicy,
    leaseMs: number,
  ): Promise<Admission | null> {
    view.claiming = true;
    try {
      const token = newId();
      const holder = this.options.processName ?? null;
      const row = await this.store.claimProbe({ key, token, leaseMs, holder });
      if (!row) {
        await this.views.reread(key);
        return null;
      }
      const wasOpen = view.circuit.state === 'open' && row.generation > view.row.generation;
      this.views.take(row);
      const { generation } = row;
      if (wasOpen) this.log.log({ msg: 'circuit half-open: one probe is sent', ...key, generation });
      return { kind: 'probe', key, policy, generation, token };
    } finally {
      view.claiming = false;
    }
  }

  private async giveBack(admission: Extract<Admission, { kind: 'probe' }>): Promise<void> {
    await this.store.releaseProbe(admission.key, admission.token);
    await this.views.reread(admission.key);
  }

  private tell(change: BreakerKey & ChangeOfState): void {
    const line = { msg: `circuit ${change.from} -> ${change.to}`, ...change };
    if (change.to === 'open') this.log.warn(line);
    else this.log.log(line);
  }
}
