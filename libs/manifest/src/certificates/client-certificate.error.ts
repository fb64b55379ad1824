import { BreakwaterError, type Problem } from '@breakwater/platform';

export class ClientCertificateInvalidError extends BreakwaterError {
  readonly code = 'CLIENT_CERTIFICATE_INVALID';

  constructor(override readonly problems: Problem[]) {
    super('the client certificate cannot be used');
  }
}

export class ClientCertificateNotFoundError extends BreakwaterError {
  readonly code = 'CLIENT_CERTIFICATE_NOT_FOUND';

  constructor() {
    super('the app has no client certificate');
  }
}
