/** Of a request to any route. */
export const BODY_MAX_BYTES = 1024 * 1024;

/** The headers that describe a body. */
interface BodyHeaders {
  'content-type'?: string | undefined;
  'content-length'?: string | undefined;
}

/** Adds what Fastify's refusals leave out: what was sent and what is required. Other codes keep their own sentence. */
export function explained(code: string, detail: string, headers: BodyHeaders): string {
  if (code === 'MEDIA_TYPE_UNSUPPORTED') {
    const type = headers['content-type'];
    const came = type === undefined ? 'it came without a Content-Type' : `it came as ${type.slice(0, 100)}`;
    return `send the body with Content-Type: application/json; ${came}`;
  }
  if (code === 'BODY_TOO_LARGE') {
    const length = headers['content-length'];
    const came = length === undefined ? 'this one is longer' : `this one has ${length.slice(0, 20)}`;
    return `a body holds at most ${BODY_MAX_BYTES} bytes, ${came}`;
  }
  return detail;
}
