import { Injectable } from '@nestjs/common';
import type { ResolvedSource } from '../sources/source.js';
import type { InboundRequest } from '../verification/request.js';
import { refused, type Refused, type Verified } from '../verification/verification.js';
import { verify } from '../verification/verify.js';
import { CaptureUnavailableError } from './capture.error.js';
import { FetchedKeys, type FetchedKey } from './fetched-keys.service.js';

/** Seconds after which a source whose secret cannot be opened may work again: a person must act. */
const REPAIRED_AFTER_S = 60;

const ACCEPTED: Verified = { kind: 'verified', secretIndex: 0 };

/** Verifies requests to a source, and fetches the keys that this needs. */
@Injectable()
export class VerifyCapture {
  constructor(private readonly keys: FetchedKeys) {}

  /**
   * @param configuredUrl of the source
   * @throws CaptureUnavailableError if it cannot be verified now
   */
  async verify(
    source: ResolvedSource,
    request: InboundRequest,
    configuredUrl: string,
  ): Promise<Verified | Refused> {
    const { scheme, secrets, expiredSecrets, options, problem } = source;
    if (problem !== null) throw new CaptureUnavailableError(problem, REPAIRED_AFTER_S);
    if (scheme === null) return ACCEPTED;
    const now = new Date();
    const judge = (keys?: ReadonlyMap<string, string>) =>
      verify(scheme, request, secrets, {
        now,
        configuredUrl,
        expiredSecrets,
        options,
        ...(keys === undefined ? {} : { keys }),
      });
    const first = judge();
    if (first.kind !== 'needs_key') return first;
    const key = await this.keys.get(first);
    const result = judgeWith(judge, first.url, key);
    if (result.kind === 'verified' || key.kind === 'absent') return result;
    // The provider may have a new key.
    const newer = await this.keys.get(first, key);
    return newer === key ? result : judgeWith(judge, first.url, newer);
  }
}

function judgeWith(
  judge: (keys: ReadonlyMap<string, string>) => ReturnType<typeof verify>,
  url: string,
  key: FetchedKey,
): Verified | Refused {
  if (key.kind === 'absent') return refused('key_refused', key.detail);
  const result = judge(new Map([[url, key.text]]));
  return result.kind === 'needs_key'
    ? refused('key_refused', 'The key that the request names cannot be used.')
    : result;
}
