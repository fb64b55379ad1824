import type { ShownBodyDto } from '@breakwater/client';
import { formatBytes } from '../../show/format.js';

type Body = Pick<ShownBodyDto, 'bytes' | 'encoding' | 'truncated' | 'isWhole' | 'contentType'>;

/** Whether its content is a text. */
export function isShown({ encoding }: Pick<Body, 'encoding'>): boolean {
  return encoding === 'text';
}

/** What a body is: type, size, and what of it is not here. */
export function bodyNote(body: Body): string {
  const { bytes, truncated, isWhole, contentType } = body;
  const size = formatBytes(bytes);
  const parts = [
    contentType ?? 'body',
    isWhole ? size : `cut: only the first ${size} were kept`,
    ...(isShown(body) ? [] : ['not text: its hash is']),
    ...(isShown(body) && truncated ? ['shown only in part'] : []),
  ];
  return parts.join(', ');
}
