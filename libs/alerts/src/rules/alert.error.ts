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
