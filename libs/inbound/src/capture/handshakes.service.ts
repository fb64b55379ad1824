import { Injectable } from '@nestjs/common';
import type { ResolvedSource } from '../sources/source.js';
import type { InboundRequest } from '../verification/request.js';
import type { CaptureAnswer } from './acknowledgement.js';

export interface AnsweredHandshake {
  name: string;
  answer: CaptureAnswer;
  /** Whether the request may be stored: one that has a secret in it is not. */
  isKept: boolean;
}

/** Answers the challenges that providers send before webhooks. */
@Injectable()
export class Handshakes {
  /** @param isVerified null: not judged yet */
  async answer(
    _source: ResolvedSource,
    _request: InboundRequest,
    _isVerified: boolean | null,
  ): Promise<AnsweredHandshake | null> {
    return null;
  }
}
