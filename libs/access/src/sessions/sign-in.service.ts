import { Injectable } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { ForeignOriginError, SignInRefusedError } from '../access.error.js';
import { isOwnOrigin, namesItsOrigin } from '../callers/request-origin.js';
import { RequestLimits } from '../limits/request-limits.service.js';
import { Sessions, type OpenedSession } from './sessions.service.js';

export interface SignInPlace {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the client, as `ClientAddresses` finds it. */
  address: string;
}

/** Signs a person in. Only wrong keys are counted, so nobody can lock out a person who has the right one. */
@Injectable()
export class SignIn {
  constructor(
    private readonly sessions: Sessions,
    private readonly limits: RequestLimits,
    private readonly config: Config,
  ) {}

  /**
   * @throws ForeignOriginError from the page of another site; SignInRefusedError for a key that is not valid;
   * RateLimitedError after too many of them
   */
  async with(key: string, { headers, address }: SignInPlace): Promise<OpenedSession> {
    const isForeign = namesItsOrigin(headers) && !isOwnOrigin(headers, this.config.api.publicBaseUrl);
    if (isForeign) throw new ForeignOriginError();
    const opened = await this.sessions.open(key.trim());
    if (opened) return opened;
    await this.limits.countSignInFailure(address);
    throw new SignInRefusedError();
  }
}
