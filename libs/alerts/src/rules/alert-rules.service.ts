import { Injectable } from '@nestjs/common';
import { isId, type Problem } from '@breakwater/platform';
import { AlertRuleInvalidError, AlertRuleNotFoundError } from './alert.error.js';
import { EACH_CAPABILITY } from './alert-rule.js';
import { alertRuleProblems, muteProblems } from './alert-rule-problems.js';
import {
  AlertRuleStore,
  type AlertRuleChange,
  type AlertRuleView,
  type NewAlertRule,
} from './alert-rule.store.js';
import { AlertStore } from './alert.store.js';

/** Alert rules, for people. */
@Injectable()
export class AlertRules {
  constructor(
    private readonly rules: AlertRuleStore,
    private readonly alerts: AlertStore,
  ) {}

  /** By id. @param after id of the last rule seen */
  async list(limit: number, after?: string): Promise<AlertRuleView[]> {
    return this.rules.list(limit, after);
  }

  /** @throws AlertRuleNotFoundError */
  async get(id: string): Promise<AlertRuleView> {
    const found = isId(id) ? await this.rules.find(id) : null;
    if (!found) throw new AlertRuleNotFoundError(id);
    return found;
  }

  /** @throws AlertRuleInvalidError */
  async create(rule: NewAlertRule, actor: string): Promise<AlertRuleView> {
    await this.check(rule);
    return this.rules.add(rule, actor);
  }

  /** @throws AlertRuleInvalidError as `create` would */
  async check(rule: NewAlertRule): Promise<void> {
    refuse([...alertRuleProblems(rule), ...(await this.scopeProblems(rule))]);
  }

  /**
   * An open case stays open until the next evaluation. A change without effect does not change `updatedAt` either.
   * @throws AlertRuleNotFoundError, AlertRuleInvalidError
   */
  async update(id: string, change: AlertRuleChange): Promise<AlertRuleView> {
    const current = await this.get(id);
    const { channels, ...rest } = change;
    refuse([...alertRuleProblems({ ...current, ...rest }), ...muteProblems(change.mutedUntil, new Date())]);
    if (!channels && Object.values(rest).every((value) => value === undefined)) return current;
    if (!(await this.rules.change(id, change))) throw new AlertRuleNotFoundError(id);
    if (change.enabled === false) await this.alerts.resolveOrphans();
    return this.get(id);
  }

  /** Its cases stay in the history; open ones end, and nobody is notified. @throws AlertRuleNotFoundError */
  async remove(id: string): Promise<void> {
    if (!isId(id) || !(await this.rules.remove(id))) throw new AlertRuleNotFoundError(id);
    await this.alerts.resolveOrphans();
  }

  /** A rule for something that does not exist never fires: most likely it is a typing error. */
  private async scopeProblems({ appId, capability }: NewAlertRule): Promise<Problem[]> {
    if (appId !== null && !(await this.rules.hasApp(appId))) {
      return [{ pointer: '/appId', rule: 'unknown', message: `there is no app "${appId}"`, value: appId }];
    }
    if (capability === null || capability === EACH_CAPABILITY) return [];
    if (await this.rules.hasCapability(appId, capability)) return [];
    const message = `no app${appId === null ? '' : ` "${appId}"`} has a capability "${capability}"`;
    return [{ pointer: '/capability', rule: 'unknown', message, value: capability }];
  }
}

function refuse(problems: Problem[]): void {
  if (problems.length > 0) throw new AlertRuleInvalidError(problems);
}
