import { plainText } from './plain-text.js';

/** An item of the feed, as far as it is shown here. */
export interface FeedItem {
  id: string;
  projectId: string | null;
  status: string;
  at: string;
  retryCount: number;
  eventType: string;
  targetUrl?: string;
  errorMessage?: string;
  deliveryId?: string;
  cursor: string;
}

const WIDTH = 100;

/** An item as one line of at most 100 columns: time, status, app, type, id, then the error or the URL. */
export function feedLine(item: FeedItem): string {
  const retries = item.retryCount > 0 ? `retry ${item.retryCount} ` : '';
  const columns = [
    plainText(item.at).slice(11, 23).padEnd(12),
    cell(item.status, 9),
    cell(item.projectId ?? 'platform', 12),
    cell(item.eventType, 18),
    cell(item.deliveryId ?? item.id, 13, 'end'),
    plainText(`${retries}${item.errorMessage ?? item.targetUrl ?? ''}`),
  ];
  return cut(columns.join('  '), WIDTH).trimEnd();
}

/** @param kept which end of a text that is too long */
function cell(text: string, width: number, kept: 'start' | 'end' = 'start'): string {
  const plain = plainText(text);
  if (plain.length <= width) return plain.padEnd(width);
  return kept === 'start' ? cut(plain, width) : `…${plain.slice(1 - width)}`;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
