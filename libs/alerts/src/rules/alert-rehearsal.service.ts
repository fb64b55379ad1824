import { Injectable } from '@nestjs/common';
import { isId } from '@breakwater/platform';
import { AlertRuleNotFoundError } from './alert.error.js';
import type { AlertRule } from './alert-rule.js';
import { AlertStore } from './alert.store.js';
import { planFor, type SubjectPlan } from './plan.js';
import { Readings } from './readings.service.js';

/** What a rule would do now. */
export interface Rehearsal {
  rule: AlertRule;
  now: Date;
  subjects: SubjectPlan[];
}

/** Evaluates a rule without changing anything. */
@Injectable()
export class AlertRehearsal {
  constructor(
    private readonly store: AlertStore,
    private readonly readings: Readings,
  ) {}

  /** What the rule would do now if it were on. @throws AlertRuleNotFoundError */
  async of(ruleId: string): Promise<Rehearsal> {
    const state = isId(ruleId) ? await this.store.look(ruleId) : null;
    if (!state) throw new AlertRuleNotFoundError(ruleId);
    const measure = await this.readings.of([state.rule]);
    return { rule: state.rule, now: state.now, subjects: planFor(state, measure(state.rule)) };
  }
}
