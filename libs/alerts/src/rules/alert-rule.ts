import type { Channel } from '@breakwater/notifications';

export const ALERT_TYPES = [
  ...(['success_rate', 'response_time', 'avg_attempts'] as const),
  ...(['dlq_size', 'queue_depth', 'circuit_open', 'app_health'] as const),
];
export type AlertType = (typeof ALERT_TYPES)[number];

/** In a rule's capability this means each of an app's capabilities. */
export const EACH_CAPABILITY = '*';

/** What an alert is about. Both null: the installation as a whole. */
export interface Subject {
  appId: string | null;
  /** Null: the app as a whole. */
  capability: string | null;
}

/** A condition that people want to be notified of. */
export interface AlertRule extends Subject {
  id: string;
  name: string;
  type: AlertType;
  threshold: number;
  /** Only for types that count calls; the others look at the current state, ms. */
  windowMs: number;
  /** With fewer calls in the window the rule does not fire. */
  minSamples: number;
  /** People are notified at most once in this time for each subject. */
  cooldownSeconds: number;
  /** Empty: every configured channel. */
  channels: readonly Channel[];
  enabled: boolean;
  /** Until then it fires and resolves, and nobody is notified. */
  mutedUntil?: Date | null;
}

export type Comparison = '<' | '>' | '>=';

export interface TypeTraits {
  /** How a value is compared with the threshold. Only `>=` fires at the threshold itself. */
  comparison: Comparison;
  min: number;
  max: number;
  whole: boolean;
  /** Counts calls within a window; the others are gauges of the current state. */
  sampled: boolean;
  /** The name of the value, and its unit after a number. */
  noun: string;
  unit: string;
}

const count = { comparison: '>=', min: 1, max: 1_000_000_000, whole: true, sampled: false } as const;
const sampled = { whole: false, sampled: true } as const;

export const TYPE_TRAITS: Readonly<Record<AlertType, TypeTraits>> = {
  success_rate: { ...sampled, comparison: '<', min: 0.01, max: 100, noun: 'success rate', unit: ' %' },
  response_time: {
    ...sampled,
    comparison: '>=',
    min: 1,
    max: 60_000,
    noun: '95th percentile of the response time',
    unit: ' ms',
  },
  avg_attempts: {
    ...sampled,
    comparison: '>',
    min: 1,
    max: 9.99,
    noun: 'average number of attempts',
    unit: '',
  },
  dlq_size: { ...count, comparison: '>', min: 0, noun: 'number of dead letters waiting', unit: '' },
  queue_depth: { ...count, noun: 'number of deliveries waiting', unit: '' },
  circuit_open: { ...count, max: 1, noun: 'number of open circuit breakers', unit: '' },
  app_health: { ...count, max: 1000, noun: 'number of health checks failed in a row', unit: '' },
};

/** Two subjects are equal when their keys are; neither an app's id nor a capability contains a space. */
export function subjectKey({ appId, capability }: Subject): string {
  return `${appId ?? ''} ${capability ?? ''}`;
}
