import type { Webhook } from '../receiver.io.js';
import { respondTo } from './web-message.js';

const REMEDY =
  'remove the line that reads the request before this handler (`c.req.parseBody()`, `c.req.formData()` or `c.req.raw.json()`), or replace it with `await c.req.arrayBuffer()`, whose bytes Hono keeps.';

export interface HonoContext {
  req: {
    raw: Request;
    /** What Hono has read: promises by form. */
    bodyCache: { arrayBuffer?: unknown; text?: unknown };
  };
}

/** `app.post('/hooks/answer', toHono(webhook))` */
export function toHono(webhook: Webhook) {
  return async ({ req }: HonoContext): Promise<Response> => {
    const bytes = (await req.bodyCache.arrayBuffer) as ArrayBuffer | undefined;
    const kept = bytes ? new Uint8Array(bytes) : ((await req.bodyCache.text) as string | undefined);
    return respondTo(webhook, req.raw, { remedy: REMEDY, kept });
  };
}
