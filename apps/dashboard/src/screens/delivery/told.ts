import type { TimelineEntryDto } from '@breakwater/client';

type Entry = Pick<TimelineEntryDto, 'kind' | 'detail'>;

const CAUSES: Record<string, string> = {
  failures: 'too many failures',
  failure_rate: 'too high a share of failures',
  slow_calls: 'too many slow calls',
  probe_due: 'a probe was due',
  probe_failed: 'the probe failed',
  probes_succeeded: 'the probes succeeded',
  reset: 'a person reset it',
};

/** What happened, in one sentence. */
export function told({ kind, detail }: Entry): string {
  const text = (name: string): string | null => {
    const value = detail[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const by = text('actor') === null ? '' : ` by ${text('actor')}`;
  switch (kind) {
    case 'accepted':
      return `Accepted, request ${text('requestId') ?? 'unknown'}`;
    case 'attempt':
      return `Attempt ${text('number')}: ${words(text('outcome') ?? 'unknown')}${
        text('httpStatus') === null ? '' : `, HTTP ${text('httpStatus')}`
      }`;
    case 'postponed':
      return `Postponed: ${words(text('reason') ?? 'unknown reason')}`;
    case 'redelivered':
      return `Sent again${by}`;
    case 'cancelled':
      return `Cancelled${by}`;
    case 'circuit': {
      const cause = text('cause') ?? 'unknown';
      return `Circuit breaker: ${words(text('from') ?? '?')} → ${words(text('to') ?? '?')}, because ${
        CAUSES[cause] ?? words(cause)
      }`;
    }
    case 'finished':
      return `Ended: ${words(text('status') ?? 'unknown')}`;
    default:
      return `${words(kind)}${by}`;
  }
}

function words(text: string): string {
  return text.replaceAll('_', ' ');
}
