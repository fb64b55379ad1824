import type { Body } from '../raw-body.js';
import type { Webhook } from '../receiver.io.js';

/** Answers a Request of the Web platform. `kept` is its body, if something has read and kept it. */
export async function respondTo(
  webhook: Webhook,
  request: Request,
  { remedy, kept }: { remedy: string; kept?: Uint8Array | string | undefined },
): Promise<Response> {
  const { status, headers, body } = await webhook({
    header: (name) => request.headers.get(name),
    body: kept ?? bodyOf(request),
    gone: request.signal,
    remedy,
  });
  return new Response(body, { status, headers });
}

function bodyOf(request: Request): Body {
  if (request.bodyUsed) return null;
  return (request.body ?? new Uint8Array()) as Body;
}
