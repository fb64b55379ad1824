import type { Webhook } from '../receiver.io.js';
import { respondTo } from './web-message.js';

const REMEDY =
  'remove the line that reads the request before this handler (`await request.json()`, `text()` or `formData()`), or let it read a copy: `await request.clone().json()`.';

/** A route handler of Next, and of whatever else speaks Request and Response: `export const POST = toNext(webhook)`. */
export function toNext(webhook: Webhook) {
  return (request: Request): Promise<Response> => respondTo(webhook, request, { remedy: REMEDY });
}
