import { BreakwaterError } from '@breakwater/platform';

export class AppNotCheckedError extends BreakwaterError {
  readonly code = 'APP_NOT_CHECKED';

  constructor(appId: string) {
    super(`${appId} has no health checks: it is disabled, or its manifest says health: false`);
  }
}
