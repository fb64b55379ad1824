import { pointerTo, type Problem } from '@breakwater/platform';
import { isPart, type Part } from '../grammar/inspect.js';
import { MASKED_HEADER } from './header-vault.js';

/** Whether a header of the document has the mask instead of a value. */
export function hasMaskedHeader(document: unknown): boolean {
  return maskedHeaders(document).length > 0;
}

/**
 * A document that was read and is sent back has a mask for each header's value, which nobody may read: it stands for
 * the value in force. Where there is none, the mask is a problem, so that it is never sent to an app as a value.
 * @param active the document in force with its values; null for a new app
 */
export function keepHeaders(document: unknown, active: unknown): { document: unknown; problems: Problem[] } {
  const problems = maskedHeaders(document)
    .filter(({ path }) => valueAt(active, path) === undefined)
    .map(({ path }) => ({
      pointer: pointerTo(...path),
      rule: 'header_mask',
      message: `${MASKED_HEADER} stands for the value in force, but this header has none: send its value`,
      value: MASKED_HEADER,
    }));
  if (problems.length > 0) return { document, problems };
  const kept: unknown = structuredClone(document);
  for (const { path } of maskedHeaders(document)) {
    const headers = valueAt(kept, path.slice(0, -1)) as Part;
    headers[path.at(-1)!] = valueAt(active, path);
  }
  return { document: kept, problems };
}

function maskedHeaders(document: unknown): { path: string[] }[] {
  if (!isPart(document)) return [];
  return ['webhooks', 'subscriptions'].flatMap((kind) =>
    members(document[kind]).flatMap(([name, part]) =>
      members(isPart(part) ? part['headers'] : null)
        .filter(([, value]) => value === MASKED_HEADER)
        .map(([header]) => ({ path: [kind, name, 'headers', header] })),
    ),
  );
}

function members(value: unknown): [string, unknown][] {
  return isPart(value) ? Object.entries(value) : [];
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const name of path) value = isPart(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}
