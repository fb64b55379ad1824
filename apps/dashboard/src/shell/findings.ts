import type { useLinks } from '../session/use-links.js';

type Links = Pick<
  ReturnType<typeof useLinks>,
  'app' | 'subscriptions' | 'source' | 'delivery' | 'event' | 'deadLetter' | 'alertRules' | 'home'
>;

export interface Finding {
  kind: string;
  id: string;
  /** Null: it belongs to no app. */
  appId: string | null;
  title: string;
  detail: string | null;
}

/** The screen that shows what was found. */
export function findingPath({ kind, id, appId }: Finding, links: Links): string {
  switch (kind) {
    case 'app':
      return links.app(id);
    case 'capability':
      return links.app(appId ?? '', { capability: id });
    case 'subscription':
      return links.subscriptions(appId ?? '');
    case 'source':
      return links.source(appId ?? '', id);
    case 'delivery':
      return links.delivery(id);
    case 'event':
      return links.event(id);
    case 'dead_letter':
      return links.deadLetter(id);
    case 'alert_rule':
      return links.alertRules;
    default:
      return links.home;
  }
}

/** What it is and where it belongs: "delivery of shop, completed". */
export function findingNote({ kind, appId, detail }: Finding): string {
  const of = appId === null || kind === 'app' ? '' : ` of ${appId}`;
  return `${kind.replaceAll('_', ' ')}${of}${detail === null ? '' : `, ${detail}`}`;
}
