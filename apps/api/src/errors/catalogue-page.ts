import type { CatalogueEntry } from './catalogue.js';

/** docs/reference/errors.md, not yet formatted. */
export function cataloguePage(catalogue: Readonly<Record<string, CatalogueEntry>>): string {
  return [...HEAD, catalogueTable(catalogue)].join('\n');
}

/** The codes as a table of Markdown. */
export function catalogueTable(catalogue: Readonly<Record<string, CatalogueEntry>>): string {
  const rows = Object.entries(catalogue)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, { status, title, remedy }]) => `| \`${code}\` | ${status} | ${title} | ${remedy} |`);
  return ['| Code | Status | Means | What to do |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

const HEAD = [
  '# Errors',
  '',
  '<!-- Made from apps/api/src/errors/catalogue.ts by `npm run docs:errors`: change it there. -->',
  '',
  'Every error is `application/problem+json` (RFC 9457). `code` is stable: decide by it, not by the text.',
  '`problems` lists every broken rule with a JSON pointer; `requestId` finds the log line. A `Retry-After` header says',
  'when the same request may succeed.',
  '',
  '```json',
  '{',
  '  "type": "urn:breakwater:error:INPUT_INVALID",',
  '  "title": "The request is not valid",',
  '  "status": 400,',
  '  "detail": "limit must not be greater than 200",',
  '  "code": "INPUT_INVALID",',
  '  "requestId": "01a20176-a6ee-7000-8b78-e8322c0550d5",',
  '  "problems": [{ "pointer": "/limit", "rule": "max", "message": "limit must not be greater than 200", "value": 1000 }]',
  '}',
  '```',
  '',
  'Some codes are never in an answer: they prevent a start, or are raised for code that asks for exceptions. They are',
  'listed because they are in logs.',
  '',
];
