import { isMap, isPair, isScalar, isSeq, parseDocument, stringify, type Document, type Node } from 'yaml';

/** Offsets in a text. */
export interface Span {
  from: number;
  to: number;
}

/** What is wrong with a part of a manifest, and where. */
export interface Finding extends Span {
  message: string;
  pointer: string;
  isWarning: boolean;
}

export interface Draft {
  /** Undefined where the text is neither JSON nor YAML. */
  value: unknown;
  findings: Finding[];
  /** Where the part with an RFC 6901 pointer stands; the nearest part above it, when it is not there. */
  locate: (pointer: string) => Span;
}

export type Notation = 'json' | 'yaml';

/** Reads a manifest as YAML, of which JSON is a part, so that each value keeps its place. */
export function readDraft(text: string): Draft {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const findings = document.errors.map(({ message, pos }) => ({
    message: message.split('\n', 1)[0] ?? message,
    pointer: '',
    isWarning: false,
    from: Math.min(pos[0], text.length),
    to: Math.min(Math.max(pos[1], pos[0] + 1), text.length),
  }));
  return {
    value: findings.length > 0 ? undefined : (document.toJS({ maxAliasCount: 100 }) as unknown),
    findings,
    locate: (pointer) => spanOf(document, pointer, text.length),
  };
}

export function notationOf(text: string): Notation {
  return text.trimStart().startsWith('{') ? 'json' : 'yaml';
}

/** The same manifest in the other notation. */
export function writeDraft(value: unknown, notation: Notation): string {
  return notation === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value);
}

/** Parts of an RFC 6901 pointer. */
export function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function spanOf(document: Document.Parsed, pointer: string, end: number): Span {
  let node: Node | null = document.contents;
  let span = rangeOf(node, end);
  for (const part of partsOf(pointer)) {
    const found: { key: Node | null; value: Node | null } | null = childOf(node, part);
    if (!found) break;
    span = rangeOf(found.value ?? found.key, end, found.key);
    node = found.value;
  }
  return span;
}

function childOf(node: Node | null, part: string): { key: Node | null; value: Node | null } | null {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === part,
    );
    return pair ? { key: pair.key as Node, value: pair.value as Node | null } : null;
  }
  if (isSeq(node)) {
    const item = node.items[Number(part)] as Node | undefined;
    return item ? { key: null, value: item } : null;
  }
  return null;
}

/** Of a value with members only its name is marked: the whole would be too much. */
function rangeOf(node: Node | null, end: number, key: Node | null = null): Span {
  const marked = key && (isMap(node) || isSeq(node)) ? key : node;
  if (!marked?.range) return { from: 0, to: Math.min(1, end) };
  if (!key && isMap(marked)) return { from: marked.range[0], to: Math.min(marked.range[0] + 1, end) };
  return { from: marked.range[0], to: Math.max(marked.range[1], marked.range[0] + 1) };
}
