import type { Body } from '../raw-body.js';
import type { Received } from '../receiver.io.js';

/** What the adapters read of a request over node:http, or of the framework's request around it (`raw`). */
export interface NodeRequest {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
  rawBody?: unknown;
  raw?: unknown;
}

interface Stream extends AsyncIterable<Uint8Array> {
  readableDidRead: boolean;
}

interface Closing {
  writableFinished: boolean;
  once(event: 'close', listener: () => void): unknown;
}

export function receivedBy(request: NodeRequest, response: object, remedy: string): Received {
  const gone = new AbortController();
  const closing = ('raw' in response ? response.raw : response) as Closing;
  closing.once('close', () => closing.writableFinished || gone.abort());
  return {
    header: (name) => [request.headers[name]].flat().join(', ') || undefined,
    body: bodyOf(request),
    gone: gone.signal,
    remedy,
  };
}

/** Bytes that a parser kept, else the stream if nothing has read it. */
function bodyOf(request: NodeRequest): Body {
  const kept = [request.rawBody, request.body].find(
    (one) => one instanceof Uint8Array || typeof one === 'string',
  );
  if (kept !== undefined) return kept;
  const stream = (request.raw ?? request) as Stream;
  return stream.readableDidRead ? null : stream;
}
