import { formatDuration, plural } from '../../show/format.js';

/** Alerts and their rules in words. Pure. */

export type AlertType =
  | 'success_rate'
  | 'response_time'
  | 'avg_attempts'
  | 'dlq_size'
  | 'queue_depth'
  | 'circuit_open'
  | 'app_health';

interface Traits {
  /** In a list to choose from. */
  title: string;
  noun: string;
  /** How a value is compared with the threshold. */
  fires: 'falls below' | 'rises above' | 'reaches';
  /** Written behind a number. */
  unit: string;
  /** Counts calls within a window. */
  isSampled: boolean;
  min: number;
  max: number;
  isWhole: boolean;
  /** What a new rule begins with. */
  usual: number;
}

export const TRAITS: Readonly<Record<AlertType, Traits>> = {
  success_rate: {
    title: 'Success rate',
    noun: 'success rate',
    fires: 'falls below',
    unit: ' %',
    isSampled: true,
    min: 0.01,
    max: 100,
    isWhole: false,
    usual: 95,
  },
  response_time: {
    title: 'Response time (p95)',
    noun: '95th percentile of the response time',
    fires: 'reaches',
    unit: ' ms',
    isSampled: true,
    min: 1,
    max: 60_000,
    isWhole: false,
    usual: 5000,
  },
  avg_attempts: {
    title: 'Attempts per delivery',
    noun: 'average number of attempts per delivery',
    fires: 'rises above',
    unit: '',
    isSampled: true,
    min: 1,
    max: 9.99,
    isWhole: false,
    usual: 2,
  },
  dlq_size: {
    title: 'Dead letters waiting',
    noun: 'number of dead letters waiting',
    fires: 'rises above',
    unit: '',
    isSampled: false,
    min: 0,
    max: 1_000_000_000,
    isWhole: true,
    usual: 10,
  },
  queue_depth: {
    title: 'Deliveries waiting',
    noun: 'number of deliveries that are due',
    fires: 'reaches',
    unit: '',
    isSampled: false,
    min: 1,
    max: 1_000_000_000,
    isWhole: true,
    usual: 100,
  },
  circuit_open: {
    title: 'Circuit breaker open',
    noun: 'number of open circuit breakers',
    fires: 'reaches',
    unit: '',
    isSampled: false,
    min: 1,
    max: 1,
    isWhole: true,
    usual: 1,
  },
  app_health: {
    title: 'App unhealthy',
    noun: 'number of health checks failed in a row',
    fires: 'reaches',
    unit: '',
    isSampled: false,
    min: 1,
    max: 1000,
    isWhole: true,
    usual: 3,
  },
};

export const TYPES = Object.keys(TRAITS) as AlertType[];

/** In a rule's capability this means each of an app's capabilities. */
export const EACH_CAPABILITY = '*';

export interface RuleDraft {
  name: string;
  type: AlertType;
  /** Empty: each app. */
  appId: string;
  /** Empty: the app as a whole. */
  capability: string;
  threshold: number;
  windowMs: number;
  minSamples: number;
  cooldownSeconds: number;
  /** Empty: every configured channel. */
  channels: readonly string[];
  enabled: boolean;
}

export const NEW_RULE: RuleDraft = {
  name: '',
  type: 'success_rate',
  appId: '',
  capability: '',
  threshold: TRAITS.success_rate.usual,
  windowMs: 3_600_000,
  minSamples: 20,
  cooldownSeconds: 3600,
  channels: [],
  enabled: true,
};

/** A value with its unit, in at most two decimals. */
export function quantity(type: string, value: number): string {
  if (type === 'response_time') return formatDuration(value);
  return `${Number(value.toFixed(2))}${TRAITS[type as AlertType]?.unit ?? ''}`;
}

/** What a case is about: "shop / pay", "shop", "the whole installation". */
export function subjectText({
  appId,
  capability,
}: {
  appId: string | null;
  capability: string | null;
}): string {
  if (appId === null) return 'the whole installation';
  return capability === null ? appId : `${appId} / ${capability}`;
}

type Condition = Pick<RuleDraft, 'type' | 'appId' | 'capability' | 'threshold' | 'windowMs' | 'minSamples'>;

/** "Fires when the success rate of each app falls below 95 % over 1 h, with at least 20 calls." */
export function conditionText(rule: Condition): string {
  const { noun, fires, isSampled } = TRAITS[rule.type];
  const within = isSampled
    ? ` over ${formatDuration(rule.windowMs)}, with at least ${plural(rule.minSamples, 'call')}`
    : '';
  return `Fires when the ${noun} of ${watched(rule)} ${fires} ${quantity(rule.type, rule.threshold)}${within}.`;
}

function watched({ type, appId, capability }: Condition): string {
  const isOfAll = (type === 'dlq_size' || type === 'queue_depth') && capability === '';
  if (appId === '' && isOfAll) return 'the whole installation';
  const app = appId === '' ? 'each app' : appId;
  if (type === 'circuit_open' && capability === '') return `each capability of ${app}`;
  if (capability === '') return app;
  return capability === EACH_CAPABILITY ? `each capability of ${app}` : `${capability} of ${app}`;
}

const CHANNEL_NAMES: Readonly<Record<string, string>> = {
  email: 'email',
  in_app: 'in-app notice',
  slack: 'Slack',
  discord: 'Discord',
  webhook: 'webhook',
};
export const CHANNELS = Object.keys(CHANNEL_NAMES);

export function channelName(channel: string): string {
  return CHANNEL_NAMES[channel] ?? channel;
}

/** "People are notified by email and Slack, at most once per 1 h for each." */
export function noticeText({
  enabled,
  channels,
  cooldownSeconds,
}: Pick<RuleDraft, 'enabled' | 'channels' | 'cooldownSeconds'>): string {
  if (!enabled) return 'It is switched off: it is not evaluated, and nobody is notified.';
  const names = channels.map(channelName);
  const last = names.pop();
  const by =
    last === undefined
      ? 'on every configured channel'
      : `by ${names.length > 0 ? `${names.join(', ')} and ` : ''}${last}`;
  const often =
    cooldownSeconds === 0 ? 'each time' : `at most once in ${formatDuration(cooldownSeconds * 1000)}`;
  return `People are notified ${by}, ${often} for each app or capability, and once more when it is over.`;
}

/** The whole rule in sentences. */
export function ruleSentence(rule: Omit<RuleDraft, 'name'>): string {
  return `${conditionText(rule)} ${noticeText(rule)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  recovered: 'it recovered',
  no_samples: 'there were no calls any more',
  rule_off: 'its rule was switched off or deleted',
};

/** Why a case was resolved. */
export function resolvedText(reason: string | null): string {
  return reason === null ? '' : (REASONS[reason] ?? reason.replaceAll('_', ' '));
}

/** What is wrong with the threshold; null when nothing is. */
export function thresholdProblem({ type, threshold }: Pick<RuleDraft, 'type' | 'threshold'>): string | null {
  const { min, max, isWhole, unit } = TRAITS[type];
  if (threshold >= min && threshold <= max && (!isWhole || Number.isInteger(threshold))) return null;
  if (min === max) return `Must be ${min}.`;
  return `Must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max.toLocaleString('en-US')}${unit}.`;
}
