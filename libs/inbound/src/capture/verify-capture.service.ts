import { Injectable } from '@nestjs/common';
import type { ResolvedSource } from '../sources/source.js';
import type { InboundRequest } from '../verification/request.js';
import type { Refused, Verified } from '../verification/verification.js';
import { CaptureUnavailableError } from './capture.error.js';

/** Seconds after which a source whose secret cannot be opened may work again: a person must act. */
const REPAIRED_AFTER_S = 60;

/** Verifies requests to a source. */
@Injectable()
export class VerifyCapture {
  /**
   * @param _configuredUrl of the source
   * @throws CaptureUnavailableError if it cannot be verified now
   */
  async verify(
    { scheme, problem }: ResolvedSource,
    _request: InboundRequest,
    _configuredUrl: string,
  ): Promise<Verified | Refused> {
    if (problem !== null) throw new CaptureUnavailableError(problem, REPAIRED_AFTER_S);
    if (scheme !== null) throw new CaptureUnavailableError('schemes are not built yet', REPAIRED_AFTER_S);
    return { kind: 'verified', secretIndex: 0 };
  }
}
