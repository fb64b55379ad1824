import { BreakwaterError, readable, type Problem } from '@breakwater/platform';

export class AppNotFoundError extends BreakwaterError {
  readonly code = 'APP_NOT_FOUND';
  override readonly problems: Problem[];

  /** @param pointer where the request names the app, in a body with more than one */
  constructor(
    readonly appId: string,
    pointer?: string,
  ) {
    const message = 'there is no such app';
    super(message);
    this.problems = pointer === undefined ? [] : [{ pointer, rule: 'app', message, value: readable(appId) }];
  }
}

export class CapabilityNotFoundError extends BreakwaterError {
  readonly code = 'CAPABILITY_NOT_FOUND';

  constructor(appId: string, capability: string) {
    super(`no capability "${capability}" of an app "${appId}"`);
  }
}

export class EndpointNotFoundError extends BreakwaterError {
  readonly code = 'ENDPOINT_NOT_FOUND';

  constructor() {
    super('the app has no such endpoint');
  }
}

/** Deleting the app now would drop accepted deliveries. */
export class AppHasPendingDeliveriesError extends BreakwaterError {
  readonly code = 'APP_HAS_PENDING_DELIVERIES';

  constructor(
    readonly appId: string,
    readonly pending: number,
  ) {
    super(`the app has ${pending} pending ${pending === 1 ? 'delivery' : 'deliveries'}; force cancels them`);
  }
}

/** A change of an app, or of its secret, breaks a rule. */
export class AppUpdateInvalidError extends BreakwaterError {
  readonly code = 'APP_UPDATE_INVALID';

  constructor(override readonly problems: Problem[]) {
    super('the change of the app is not valid');
  }
}

/** One more secret would end an overlap before its promised time. */
export class SigningSecretsFullError extends BreakwaterError {
  readonly code = 'SIGNING_SECRETS_FULL';

  constructor(max: number, oldestUntil: Date) {
    super(
      `${max} signing secrets are valid already; the oldest expires at ${oldestUntil.toISOString()}: rotate after that, or with overlapMs 0, which ends all older ones now`,
    );
  }
}
