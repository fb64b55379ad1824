import { Injectable } from '@nestjs/common';
import { AcceptCaptures, type Capture } from '@breakwater/delivery';
import { CaptureEvents } from '@breakwater/events';
import { Config, newId } from '@breakwater/platform';
import { captureUrl } from '../sources/source-key.js';
import type { ResolvedSource } from '../sources/source.js';
import { headerValues, type InboundRequest } from '../verification/request.js';
import type { Refused } from '../verification/verification.js';
import { acknowledgement, type CaptureAnswer } from './acknowledgement.js';
import { contentTypeOf, headerRecord, type ArrivedRequest } from './arrived-request.js';
import { CaptureLog, type CaptureLine } from './capture-log.service.js';
import { CaptureRejectedError } from './capture.error.js';
import { Handshakes, type AnsweredHandshake } from './handshakes.service.js';
import { MinuteQuota } from './minute-quota.js';
import { VerifyCapture } from './verify-capture.service.js';

/** A source found by the key of its address. */
export interface AddressedSource {
  source: ResolvedSource;
  key: string;
  /** Why it may be out of date: then it only answers handshakes. Null: it is current. */
  trouble: Error | null;
}

/**
 * Captures one request to a source: verifies it, answers a handshake, or stores it as an event with its deliveries in
 * one commit.
 * @see docs/adr/0033-captured-requests-are-events.md
 */
@Injectable()
export class CaptureRequest {
  private readonly kept: MinuteQuota;

  constructor(
    private readonly verification: VerifyCapture,
    private readonly handshakes: Handshakes,
    private readonly events: CaptureEvents,
    private readonly captures: AcceptCaptures,
    private readonly log: CaptureLog,
    private readonly config: Config,
  ) {
    this.kept = new MinuteQuota(config.inbound.rejectedPerMinute);
  }

  /**
   * @returns the answer, after the commit
   * @throws CaptureRejectedError, CaptureUnavailableError, DatabaseTimeoutError; what the database throws. After a
   * timeout it may be stored: the sender repeats it, and the id of the provider makes one event of both
   */
  async execute(address: AddressedSource, arrived: ArrivedRequest): Promise<CaptureAnswer> {
    const startedMs = performance.now();
    const { source } = address;
    try {
      return await this.capture(address, arrived, startedMs);
    } catch (error) {
      if (!(error instanceof CaptureRejectedError)) {
        this.log.ended({ source, request: arrived, result: 'unavailable', stored: false, startedMs });
      }
      throw error;
    }
  }

  private async capture(
    { source, key, trouble }: AddressedSource,
    arrived: ArrivedRequest,
    startedMs: number,
  ): Promise<CaptureAnswer> {
    const configuredUrl = captureUrl(this.config.api.publicBaseUrl, key);
    const request = requestAt(configuredUrl, arrived);
    const early = await this.handshakes.answer(source, request, null);
    const capture = captureOf(source, arrived);
    const line = { source, request: arrived, captureId: capture.id, startedMs };
    if (early) return this.shake(early, capture, { line, trouble });
    const verification = await this.verification.verify(source, request, configuredUrl);
    const handshake = await this.handshakes.answer(source, request, verification.kind === 'verified');
    if (handshake) return this.shake(handshake, capture, { line, trouble });
    if (trouble !== null) throw trouble;
    if (verification.kind === 'refused') return this.reject(capture, verification, line);
    return this.accept(source, { ...capture, dedupeId: dedupeIdIn(source, request) }, line);
  }

  /** A handshake is answered also while the database is away: then it is not kept. */
  private async shake(
    handshake: AnsweredHandshake,
    capture: Capture,
    { line, trouble }: { line: LineStart; trouble: Error | null },
  ): Promise<CaptureAnswer> {
    const stored = trouble === null && handshake.isKept && (await this.note(capture, null));
    this.log.ended({ ...line, result: 'handshake', reason: handshake.name, stored });
    return handshake.answer;
  }

  private async accept(source: ResolvedSource, capture: Capture, line: LineStart): Promise<CaptureAnswer> {
    const { method, path, query } = capture.request;
    const stored = await this.events.store({
      ...capture,
      type: source.eventType,
      contentType: contentTypeOf(capture.request),
      headers: headerRecord(capture.request),
      metadata: { source: source.name, method, path, query },
    });
    this.log.ended({ ...line, result: stored.kind, eventId: stored.eventId, stored: true });
    return acknowledgement(source, stored);
  }

  private async reject(capture: Capture, refusal: Refused, line: LineStart): Promise<never> {
    const stored = await this.note(capture, refusal);
    this.log.ended({ ...line, result: 'rejected', reason: refusal.step, stored });
    throw new CaptureRejectedError(refusal.step, refusal.detail);
  }

  /** Keeps a request that does not become an event, within the limit. @returns whether it is stored */
  private async note(capture: Capture, refusal: Refused | null): Promise<boolean> {
    if (!this.kept.take(capture.source.id, performance.now())) return false;
    try {
      await this.captures.note({
        capture,
        result: refusal ? 'rejected' : 'handshake',
        reason: refusal?.step ?? null,
        detail: refusal?.detail ?? null,
      });
      return true;
    } catch (error) {
      this.log.trouble('a request is not kept', capture.source, error as Error);
      return false;
    }
  }
}

type LineStart = Pick<CaptureLine, 'source' | 'request' | 'captureId' | 'startedMs'>;

function requestAt(
  configuredUrl: string,
  { method, path, query, headers, body }: ArrivedRequest,
): InboundRequest {
  const url = configuredUrl + path + (query === '' ? '' : `?${query}`);
  return { method, url, headers, body };
}

function captureOf({ id, appId, name }: ResolvedSource, arrived: ArrivedRequest): Capture {
  const { method, path, query, headers, body, remoteAddress, requestId } = arrived;
  const request = { method, path, query, headers };
  return {
    id: newId(),
    source: { id, appId, name },
    request,
    body,
    remoteAddress,
    requestId,
    dedupeId: null,
  };
}

function dedupeIdIn({ dedupeId }: ResolvedSource, request: InboundRequest): string | null {
  const name = dedupeId !== null && 'header' in dedupeId ? [dedupeId.header].flat()[0]! : null;
  return name === null ? null : (headerValues(request, name)[0] ?? null);
}
