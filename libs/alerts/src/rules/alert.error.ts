import { BreakwaterError, type Problem } from '@breakwater/platform';

export class AlertRuleNotFoundError extends BreakwaterError {
  readonly code = 'ALERT_RULE_NOT_FOUND';

  constructor(readonly ruleId: string) {
    super('there is no such alert rule');
  }
}

export class AlertRuleInvalidError extends BreakwaterError {
  readonly code = 'ALERT_RULE_INVALID';

  constructor(override readonly problems: Problem[]) {
    super(problems.map(({ message }) => message).join('; '));
  }
}

export class AlertNotFoundError extends BreakwaterError {
  readonly code = 'ALERT_NOT_FOUND';

  constructor(readonly alertId: string) {
    super('there is no such alert');
  }
}

/** It is over, so nobody needs to take care of it. */
export class AlertResolvedError extends BreakwaterError {
  readonly code = 'ALERT_RESOLVED';

  constructor(readonly alertId: string) {
    super('the alert is resolved, so it cannot be acknowledged');
  }
}
