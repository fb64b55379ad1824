import { Injectable } from '@nestjs/common';
import { AcceptCaptures, type Capture, type CaptureNote } from '@breakwater/delivery';
import { CaptureEvents } from '@breakwater/events';
import { Config, newId } from '@breakwater/platform';
import { maskedQuery, secretPlaces } from '../captures/masked-request.js';
import { dedupeIdOf } from '../presets/dedupe-id.js';
import { headersOfEveryAnswer } from '../handshakes/answer-handshake.js';
import { captureUrl } from '../sources/source-key.js';
import type { ResolvedSource } from '../sources/source.js';
import type { InboundRequest } from '../verification/request.js';
import type { Refused } from '../verification/verification.js';
import { acknowledgement, type CaptureAnswer } from './acknowledgement.js';
import { contentTypeOf, headerRecord, type ArrivedRequest } from './arrived-request.js';
import { CaptureLog, type CaptureLine } from './capture-log.service.js';
import { CaptureRejectedError, CaptureUnavailableError } from './capture.error.js';
import { Handshakes, type AnsweredHandshake } from './handshakes.service.js';
import { MinuteQuota } from './minute-quota.js';
import { VerifyCapture } from './verify-capture.service.js';

/** A source found by the key of its address. */
export interface AddressedSource {
  source: ResolvedSource;
  key: string;
  /** Why it may be out of date: then it only answers handshakes. Null: it is current. */
  outage: Error | null;
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
        const why = error instanceof CaptureUnavailableError ? { error: error.message } : {};
        this.log.ended({ source, request: arrived, result: 'unavailable', stored: false, startedMs, ...why });
      }
      throw error;
    }
  }

  private async capture(
    { source, key, outage }: AddressedSource,
    arrived: ArrivedRequest,
    startedMs: number,
  ): Promise<CaptureAnswer> {
    const configuredUrl = captureUrl(this.config.api.publicBaseUrl, key);
    const request = requestAt(configuredUrl, arrived);
    const early = await this.handshakes.answer(source, request, null);
    const capture = captureOf(source, arrived);
    const line = { source, request: arrived, captureId: capture.id, startedMs };
    if (early) return this.answerHandshake(early, capture, { line, outage });
    const verification = await this.verification.verify(source, request, configuredUrl);
    const handshake = await this.handshakes.answer(source, request, verification.kind === 'verified');
    if (handshake) return this.answerHandshake(handshake, capture, { line, outage });
    if (outage !== null) throw outage;
    if (verification.kind === 'refused') return this.reject(capture, verification, line);
    const answer = await this.accept(source, { ...capture, dedupeId: dedupeIdIn(source, request) }, line);
    return { ...answer, headers: { ...answer.headers, ...headersOfEveryAnswer(source.handshakes, request) } };
  }

  /** A challenge is answered also while the database is away: then it is not kept. */
  private async answerHandshake(
    { name, answer, refusal, detail, mayKeep }: AnsweredHandshake,
    capture: Capture,
    { line, outage }: { line: LineStart; outage: Error | null },
  ): Promise<CaptureAnswer> {
    const result = refusal === null ? 'handshake' : 'rejected';
    const reason = refusal === null ? name : 'handshake';
    const kept = mayKeep ? capture : withoutContent(capture);
    const stored = outage === null && (await this.note({ capture: kept, result, reason, detail }));
    this.log.ended({ ...line, result, reason, stored });
    return answer;
  }

  private async accept(source: ResolvedSource, capture: Capture, line: LineStart): Promise<CaptureAnswer> {
    const { method, path, query } = capture.request;
    const stored = await this.events.store({
      ...capture,
      type: source.eventType,
      contentType: contentTypeOf(capture.request),
      headers: headerRecord(capture.request),
      metadata: { source: source.name, method, path, query: maskedQuery(query, secretPlaces(source.scheme)) },
    });
    this.log.ended({ ...line, result: stored.kind, eventId: stored.eventId, stored: true });
    return acknowledgement(source, stored);
  }

  private async reject(capture: Capture, refusal: Refused, line: LineStart): Promise<never> {
    const { step: reason, detail } = refusal;
    const stored = await this.note({ capture, result: 'rejected', reason, detail });
    this.log.ended({ ...line, result: 'rejected', reason, stored });
    throw new CaptureRejectedError(reason, detail);
  }

  /** Keeps a request that does not become an event, within the limit. @returns whether it is stored */
  private async note(note: CaptureNote): Promise<boolean> {
    const { source } = note.capture;
    if (!this.kept.take(source.id, performance.now())) return false;
    try {
      await this.captures.note(note);
      return true;
    } catch (error) {
      this.log.failed('a request is not kept', source, error as Error);
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

/** Of a challenge that has a secret in it. */
function withoutContent(capture: Capture): Capture {
  return { ...capture, request: { ...capture.request, query: '', headers: [] }, body: Buffer.alloc(0) };
}

function dedupeIdIn({ dedupeId }: ResolvedSource, request: InboundRequest): string | null {
  return dedupeId === null ? null : dedupeIdOf({ dedupeId }, request);
}
