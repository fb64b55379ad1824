import { createHash } from 'node:crypto';
import { RequestReader } from '../verification/request-reader.js';
import type { InboundRequest } from '../verification/request.js';
import { STEPS } from '../verification/steps.js';
import type { Preset } from './preset.js';

const MAX_LENGTH = 255;

/**
 * The provider's id of this webhook, equal in every repeat; the hash of one that is longer than 255 characters. Null when
 * there is none, or it is not usable as an id.
 */
export function dedupeIdOf(preset: Pick<Preset, 'dedupeId'>, request: InboundRequest): string | null {
  if (preset.dedupeId === undefined) return null;
  const reader = new RequestReader(request, STEPS);
  const texts: string[] = [];
  for (const from of 'at' in preset.dedupeId ? preset.dedupeId : [preset.dedupeId]) {
    const text = reader.one(from);
    if (typeof text !== 'string') return null;
    texts.push(text);
  }
  const id = texts.join(':');
  if (!isId(id)) return null;
  return id.length <= MAX_LENGTH ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

/** Text that can be stored and compared: not empty, without control characters and half surrogates. */
function isId(id: string): boolean {
  return id.length > 0 && id.isWellFormed() && !/\p{Cc}/u.test(id);
}
