import { Injectable, Logger } from '@nestjs/common';
import { Config, newId, type Transaction, PeriodicRuns } from '@breakwater/platform';
import { Notices } from '@breakwater/notifications';
import type { AlertRule } from './alert-rule.js';
import { firingNotice, resolvedNotice } from './alert-notice.js';
import { AlertStore, type RuleState } from './alert.store.js';
import { worse } from './evaluate.js';
import type { Measurement } from './measure.js';
import { planFor, type SubjectPlan } from './plan.js';
import { Readings } from './readings.service.js';

/** Evaluates alert rules: opens and resolves cases, and notifies people of them. */
@Injectable()
export class AlertChecks {
  private readonly log = new Logger('Alerts');

  constructor(
    private readonly store: AlertStore,
    private readonly readings: Readings,
    private readonly notices: Notices,
    private readonly periodic: PeriodicRuns,
    private readonly config: Config,
  ) {}

  /** @returns whether this process did it */
  async runIfDue(stop: AbortSignal): Promise<boolean> {
    const everyMs = this.config.monitoring.alertCheckIntervalMs;
    return this.periodic.ifDue({ name: 'alerts', everyMs, stop }, (signal) => this.run(signal));
  }

  /**
   * Evaluates every rule that is on. A repeated or parallel run notifies nobody twice: a rule is locked and decided in
   * one transaction, together with its notices.
   * @throws Error when a rule could not be decided; the others were
   */
  async run(signal: AbortSignal): Promise<void> {
    await this.store.resolveOrphans();
    const rules = await this.store.rules();
    const measure = await this.readings.of(rules);
    const failed: string[] = [];
    for (const rule of rules) {
      if (signal.aborted) throw new Error('the evaluation of alert rules was aborted');
      try {
        const measured = measure(rule);
        await this.store.decide(rule.id, (state, transaction) => this.carryOut(transaction, state, measured));
      } catch (error) {
        failed.push(`${rule.name}: ${(error as Error).message}`);
      }
    }
    if (failed.length > 0) throw new Error(failed.join('; '));
  }

  private async carryOut(transaction: Transaction, state: RuleState, measured: Measurement[]): Promise<void> {
    for (const plan of planFor(state, measured)) await this.carryOutFor(transaction, state, plan);
  }

  private async carryOutFor(
    transaction: Transaction,
    { rule, now }: RuleState,
    plan: SubjectPlan,
  ): Promise<void> {
    const { evaluation, step, open, appId, capability } = plan;
    const { value, samples } = evaluation.kind === 'no_samples' ? { value: null, samples: 0 } : evaluation;
    const id = open?.id ?? newId();
    const firedAt = open?.firedAt ?? now;
    const worstValue = worst(rule, open?.worstValue, value);
    const told = { id, rule, appId, capability, firedAt, now, value, worstValue, samples };
    switch (step.do) {
      case 'open':
        await this.store.open(transaction, id, rule, plan, { value: value!, samples, notify: step.notify });
        this.log.warn({
          msg: 'alert firing',
          rule: rule.name,
          appId,
          capability,
          value,
          notify: step.notify,
        });
        break;
      case 'keep':
        await this.store.keep(transaction, id, {
          worst: worstValue,
          value: value!,
          samples,
          notify: step.notify,
        });
        break;
      case 'resolve':
        await this.store.resolve(transaction, id, { reason: step.reason, value, samples });
        this.log.log({
          msg: 'alert resolved',
          rule: rule.name,
          appId,
          capability,
          value,
          reason: step.reason,
        });
        break;
      case 'nothing':
        return;
    }
    if (step.notify) {
      await this.notices.notify(
        transaction,
        step.do === 'resolve' ? resolvedNotice(told, step.reason) : firingNotice(told),
      );
    }
  }
}

function worst(rule: AlertRule, before: number | undefined, value: number | null): number {
  if (before === undefined) return value ?? 0;
  return value === null ? before : worse(rule, before, value);
}
