import { RESPONSE_CAP_BYTES, type Outcome } from '../outcome/outcome.js';
import { ResponseCapture } from './response-capture.js';

/** A whole answer that did not come over a connection of this client. */
export interface ReceivedResponse {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  body: Buffer;
}

/** What such an answer comes to, by the same rules as one that this client received. */
export async function outcomeOfAnswer(
  { status, headers, body }: ReceivedResponse,
  { keepBytes, expectJson, now }: { keepBytes: number; expectJson: boolean; now: Date },
): Promise<Outcome> {
  if (body.length > RESPONSE_CAP_BYTES) {
    const message = `the response is longer than ${RESPONSE_CAP_BYTES} bytes`;
    return { kind: 'response_too_large', status, message };
  }
  const capture = new ResponseCapture(keepBytes);
  capture.start(status, headers);
  capture.add(body);
  return capture.outcome(expectJson, now);
}
