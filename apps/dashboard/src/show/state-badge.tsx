import { Badge } from '@mantine/core';
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  Clock3,
  Info,
  LoaderCircle,
  RotateCcw,
  ShieldAlert,
  type LucideIcon,
} from 'lucide-react';

export type Tone = 'ok' | 'warning' | 'danger' | 'neutral' | 'info';

interface Look {
  tone: Tone;
  icon: LucideIcon;
  /** The word, when it is not the state itself. */
  word?: string;
}

/** Each state of the API that is shown: a tone, a shape and a word, never a color alone. */
const LOOKS: Record<string, Look> = {
  ok: { tone: 'ok', icon: CircleCheck },
  healthy: { tone: 'ok', icon: CircleCheck },
  success: { tone: 'ok', icon: CircleCheck },
  succeeded: { tone: 'ok', icon: CircleCheck },
  delivered: { tone: 'ok', icon: CircleCheck },
  forwarded: { tone: 'ok', icon: CircleCheck },
  completed: { tone: 'ok', icon: CircleCheck },
  sent: { tone: 'ok', icon: CircleCheck },
  active: { tone: 'ok', icon: CircleCheck },
  resolved: { tone: 'ok', icon: CircleCheck },
  closed: { tone: 'ok', icon: CircleCheck },
  verified: { tone: 'ok', icon: CircleCheck },
  published: { tone: 'ok', icon: CircleCheck },
  received: { tone: 'info', icon: Info },
  pending: { tone: 'info', icon: Clock3 },
  planning: { tone: 'info', icon: LoaderCircle },
  planned: { tone: 'info', icon: Clock3 },
  waiting: { tone: 'info', icon: Clock3 },
  requeued: { tone: 'info', icon: RotateCcw, word: 'sent again' },
  fanning_out: { tone: 'info', icon: LoaderCircle, word: 'fanning out' },
  scheduled: { tone: 'info', icon: Clock3 },
  in_progress: { tone: 'info', icon: LoaderCircle, word: 'in progress' },
  running: { tone: 'info', icon: LoaderCircle },
  delivering: { tone: 'info', icon: LoaderCircle },
  retrying: { tone: 'warning', icon: RotateCcw },
  degraded: { tone: 'warning', icon: CircleAlert },
  warning: { tone: 'warning', icon: CircleAlert },
  half_open: { tone: 'warning', icon: CircleAlert, word: 'half-open' },
  'half-open': { tone: 'warning', icon: CircleAlert },
  acknowledged: { tone: 'warning', icon: CircleAlert },
  suppressed: { tone: 'neutral', icon: Ban },
  fallback: { tone: 'warning', icon: ShieldAlert },
  unhealthy: { tone: 'danger', icon: CircleX },
  critical: { tone: 'danger', icon: CircleX },
  failing: { tone: 'danger', icon: CircleX },
  failed: { tone: 'danger', icon: CircleX },
  failure: { tone: 'danger', icon: CircleX },
  dead: { tone: 'danger', icon: CircleX },
  dlq: { tone: 'danger', icon: CircleX, word: 'dead letter' },
  open: { tone: 'danger', icon: CircleX },
  firing: { tone: 'danger', icon: CircleX },
  rejected: { tone: 'danger', icon: CircleX },
  refused: { tone: 'danger', icon: CircleX },
  dead_letter: { tone: 'danger', icon: CircleX, word: 'dead letter' },
  unresolved: { tone: 'danger', icon: CircleX },
  http_error: { tone: 'danger', icon: CircleX, word: 'HTTP error' },
  network: { tone: 'danger', icon: CircleX, word: 'network error' },
  tls: { tone: 'danger', icon: CircleX, word: 'TLS error' },
  dns: { tone: 'danger', icon: CircleX, word: 'DNS error' },
  blocked: { tone: 'danger', icon: Ban },
  protocol: { tone: 'danger', icon: CircleX, word: 'protocol error' },
  timeout: { tone: 'danger', icon: Clock3 },
  paused: { tone: 'neutral', icon: CirclePause },
  held: { tone: 'neutral', icon: CirclePause },
  disabled: { tone: 'neutral', icon: Ban },
  cancelled: { tone: 'neutral', icon: Ban },
  revoked: { tone: 'neutral', icon: Ban },
  expired: { tone: 'neutral', icon: Ban },
  skipped: { tone: 'neutral', icon: CircleDashed },
  unknown: { tone: 'neutral', icon: CircleDashed },
};

/** Of a state that has no look of its own. */
const ICONS: Record<Tone, LucideIcon> = {
  ok: CircleCheck,
  warning: CircleAlert,
  danger: CircleX,
  neutral: CircleDashed,
  info: Info,
};

/** A state as an icon and a word. */
export function StateBadge({ state, word, tone }: { state: string; word?: string; tone?: Tone }) {
  const look: Look = LOOKS[state.toLowerCase()] ?? {
    tone: tone ?? 'neutral',
    icon: ICONS[tone ?? 'neutral'],
  };
  const Icon = look.icon;
  const shown = tone ?? look.tone;
  return (
    <Badge
      variant="filled"
      radius="sm"
      leftSection={<Icon size={12} aria-hidden />}
      style={{
        backgroundColor: `var(--tone-${shown}-surface)`,
        color: `var(--tone-${shown})`,
        textTransform: 'none',
        fontWeight: 600,
        flex: 'none',
        // Never cut: the word is the state.
        minWidth: 'max-content',
      }}
    >
      {word ?? look.word ?? state.toLowerCase().replaceAll('_', ' ')}
    </Badge>
  );
}
