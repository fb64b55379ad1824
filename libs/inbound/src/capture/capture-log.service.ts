import { Injectable, Logger } from '@nestjs/common';
import { Telemetry, type CaptureEnd } from '@breakwater/platform';
import type { ResolvedSource } from '../sources/source.js';
import type { ArrivedRequest } from './arrived-request.js';

/** What became of a request to a source. Never its path, its query or its headers: they may have secrets. */
export interface CaptureLine {
  source: Pick<ResolvedSource, 'id' | 'appId' | 'name'>;
  request: Pick<ArrivedRequest, 'method' | 'requestId' | 'body'>;
  result: CaptureEnd;
  captureId?: string;
  eventId?: string;
  /** The step of the verification that failed, or the handshake. */
  reason?: string;
  /** Why it cannot be verified now. */
  error?: string;
  /** Whether it was stored. A rejected one beyond the limit is only counted. */
  stored: boolean;
  startedMs: number;
}

/** Writes one log line for each request to a source, and counts it in the metrics. */
@Injectable()
export class CaptureLog {
  private readonly log = new Logger('Inbound');

  constructor(private readonly telemetry: Telemetry) {}

  /** Only counted: without a source there is no owner who would read it, and anybody could fill the log. */
  count(result: CaptureEnd): void {
    this.telemetry.countCapture(result);
  }

  ended({ source, request, result, startedMs, ...rest }: CaptureLine): void {
    this.telemetry.countCapture(result);
    this.log.log({
      msg: TITLES[result],
      sourceId: source.id,
      source: source.name,
      appId: source.appId,
      requestId: request.requestId,
      method: request.method,
      bodyBytes: request.body.length,
      result,
      ...rest,
      durationMs: Math.round(performance.now() - startedMs),
    });
  }

  /** The answer was given, but what was to follow it failed. */
  failed(what: string, source: Pick<ResolvedSource, 'id' | 'appId'>, error: Error): void {
    this.log.warn({ msg: what, sourceId: source.id, appId: source.appId, error: error.message });
  }
}

const TITLES: Readonly<Record<CaptureEnd, string>> = {
  accepted: 'request captured',
  duplicate: 'request captured, a repeat of an earlier one',
  rejected: 'request rejected, not forwarded',
  handshake: 'handshake answered',
  unavailable: 'request refused for now, its sender repeats it',
  full: 'request refused for now, too many at once',
  too_large: 'request refused, its body is too large',
  unknown: 'request to an address that no source has',
};
