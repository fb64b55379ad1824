import { BreakwaterError, type Problem } from '@breakwater/platform';

/** The subscription is not valid; contains all problems. */
export class SubscriptionInvalidError extends BreakwaterError {
  readonly code = 'SUBSCRIPTION_INVALID';

  constructor(override readonly problems: Problem[]) {
    super(`the subscription has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`);
  }
}

export class SubscriptionNotFoundError extends BreakwaterError {
  readonly code = 'SUBSCRIPTION_NOT_FOUND';

  constructor(appId: string, name: string) {
    super(`no subscription "${name}" of an app "${appId}"`);
  }
}

export class SubscriptionExistsError extends BreakwaterError {
  readonly code = 'SUBSCRIPTION_EXISTS';

  constructor(appId: string, name: string) {
    super(`app "${appId}" has a subscription "${name}" already`);
  }
}

/** The subscription is declared in the manifest and must be changed there. */
export class SubscriptionDeclaredError extends BreakwaterError {
  readonly code = 'SUBSCRIPTION_DECLARED';

  constructor(appId: string, name: string) {
    super(
      `subscription "${name}" of app "${appId}" is declared by its manifest: change it there, and register that`,
    );
  }
}

/** The subscription is a target of a source and must be changed there. */
export class SubscriptionOfSourceError extends BreakwaterError {
  readonly code = 'SUBSCRIPTION_OF_SOURCE';

  constructor(appId: string, name: string) {
    const [source, target] = name.split('.');
    super(
      `subscription "${name}" of app "${appId}" is the target "${target}" of source "${source}": change or delete the target there`,
    );
  }
}

/** The app has the maximum number of subscriptions. */
export class SubscriptionsFullError extends BreakwaterError {
  readonly code = 'SUBSCRIPTIONS_FULL';

  constructor(max: number) {
    super(`an app has ${max} subscriptions at most; delete one that is no longer needed`);
  }
}
