import type { useLinks } from '../../session/use-links.js';
import type { Tone } from '../../show/state-badge.js';

type Links = Pick<ReturnType<typeof useLinks>, 'apps' | 'breakers' | 'alerts' | 'deliveries' | 'system'>;

/** The tone of the installation or of an app. */
export function stateTone(state: string): Tone {
  if (state === 'failing') return 'danger';
  if (state === 'degraded') return 'warning';
  return state === 'ok' ? 'ok' : 'neutral';
}

/** Where a reason of the verdict is explained. */
export function reasonScreen(code: string, links: Links): string {
  switch (code) {
    case 'APPS_FAILING':
      return links.apps({ state: 'failing' });
    case 'APPS_DEGRADED':
      return links.apps({ state: 'degraded' });
    case 'QUEUE_LATE':
      return links.deliveries({ status: 'pending' });
    case 'NO_WORKER':
      return `${links.system}?tab=workers`;
    case 'BREAKERS_OPEN':
      return links.breakers();
    case 'ALERTS_FIRING':
      return links.alerts({ state: 'open' });
    default:
      return links.apps();
  }
}

interface Rate {
  completed: number;
  ended: number;
}

/** How the success rate moved against the hour before; null when one of the hours has too few deliveries. */
export function comparedRate(now: Rate, before: Rate, few: number): string | null {
  if (now.ended < few || before.ended < few) return null;
  const points = (100 * now.completed) / now.ended - (100 * before.completed) / before.ended;
  const size = Math.abs(points);
  if (size < 0.05) return 'as in the hour before';
  return `${size.toFixed(1)} points ${points < 0 ? 'less' : 'more'} than in the hour before`;
}
