import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { InboundRequests, type CaptureAnswer } from '@breakwater/inbound';
import { ClientAddresses, newId, requestIdFrom } from '@breakwater/platform';
import { AnswersInHand } from '../answers-in-hand.service.js';
import { BODY_MAX_BYTES } from '../errors/explained.js';
import { problemBody, toProblem } from '../errors/to-problem.js';
import { readBody } from './read-body.io.js';
import { captureTarget, type CaptureTarget } from './request-target.js';

/** How long the rest of a refused body is read and dropped, so that its sender reads the answer, ms. */
const READS_REST_MS = 1_000;

/** The owner of a source says what is answered. For a browser it must not be a page of this host. */
const NEVER_A_PAGE = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; sandbox"],
] as const;

/** `ANY /in/:key/*`: requests of others, past the router and the JSON pipeline, which would decode them. */
@Injectable()
export class InboundDoor {
  private readonly log = new Logger('Inbound');

  constructor(
    private readonly requests: InboundRequests,
    private readonly answers: AnswersInHand,
    private readonly addresses: ClientAddresses,
  ) {}

  /** @returns false: the request is for another route, and nothing was done */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const target = captureTarget(request.url ?? '');
    if (target === null) return false;
    this.answers.add(response);
    const requestId = requestIdFrom(request.headers['x-request-id'], newId);
    response.setHeader('x-request-id', requestId);
    for (const [name, value] of NEVER_A_PAGE) response.setHeader(name, value);
    request.on('error', () => undefined);
    void this.answer(target, request, response, requestId);
    return true;
  }

  private async answer(
    { key, ...target }: CaptureTarget,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    try {
      const address = await this.requests.find(key);
      const place = this.requests.enter(address);
      try {
        const read = await readBody(request, place);
        if (read.kind === 'gone') return void response.destroy();
        if (read.kind === 'full') throw this.requests.full();
        if (read.kind === 'too_large') throw this.requests.tooLarge(BODY_MAX_BYTES);
        const { method = 'GET', headers } = request;
        const { traceparent } = headers;
        const answer = await this.requests.capture(address, {
          ...target,
          method,
          headers: pairsOf(request.rawHeaders),
          body: read.body,
          remoteAddress: this.addresses.of(request),
          requestId,
          traceParent: typeof traceparent === 'string' ? traceparent : null,
        });
        this.send(answer, request, response);
      } finally {
        place.leave();
      }
    } catch (error) {
      this.fail(error, request, response, requestId);
    }
  }

  private fail(error: unknown, request: IncomingMessage, response: ServerResponse, requestId: string): void {
    const problem = toProblem(error);
    if (problem.code === 'INTERNAL') {
      this.log.error({ msg: 'request to a source failed', code: problem.code, requestId, err: error });
    }
    if (problem.retryAfterS !== undefined) response.setHeader('retry-after', String(problem.retryAfterS));
    const body = Buffer.from(JSON.stringify(problemBody(problem, requestId)));
    const headers = { 'content-type': 'application/problem+json' };
    this.send({ status: problem.status, headers, body }, request, response);
  }

  private send(
    { status, headers, body }: CaptureAnswer,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (response.destroyed) return;
    const hasBody = status !== 204 && status !== 304;
    const isRead = request.complete;
    // After an offer that was not taken Node reads no other request.
    const isLast = this.answers.endConnections || !isRead || request.headers.upgrade !== undefined;
    if (isLast) response.setHeader('connection', 'close');
    response.writeHead(status, { ...headers, ...(hasBody ? { 'content-length': String(body.length) } : {}) });
    const shown = hasBody && request.method !== 'HEAD' ? body : '';
    if (isRead) return void response.end(shown);
    // The connection ends, but not before its sender has read the answer: closing it with unread bytes would reset it.
    if (shown.length > 0) response.write(shown);
    else response.flushHeaders();
    const end = (): void => {
      clearTimeout(timer);
      request.off('end', end).off('close', end);
      response.end(() => request.destroy());
    };
    const timer = setTimeout(end, READS_REST_MS);
    request.once('end', end).once('close', end).resume();
  }
}

/** Names and values in their order, with their case and repeats. */
function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at]!, raw[at + 1]!]);
  return pairs;
}
