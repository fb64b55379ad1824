import { durationText } from '@breakwater/notifications';
import { quantity } from './alert-notice.js';
import { EACH_CAPABILITY, TYPE_TRAITS, type AlertRule } from './alert-rule.js';

const FIRES = { '<': 'below', '>': 'above', '>=': 'at or above' } as const;

type Told = Pick<
  AlertRule,
  'type' | 'threshold' | 'windowMs' | 'minSamples' | 'cooldownSeconds' | 'channels' | 'appId' | 'capability'
>;

/** A rule in one or two sentences, for people. */
export function ruleSentence(rule: Told): string {
  const { noun, sampled, comparison } = TYPE_TRAITS[rule.type];
  const within = sampled ? ` over the last ${durationText(rule.windowMs)}` : '';
  const calls = sampled && rule.minSamples > 1 ? `, with ${rule.minSamples} calls or more` : '';
  const channels = rule.channels.length === 0 ? 'every configured channel' : rule.channels.join(', ');
  const cooldown =
    rule.cooldownSeconds === 0
      ? ''
      : `, at most once per ${durationText(rule.cooldownSeconds * 1000)} for each`;
  return `Fires when the ${noun} of ${subject(rule)}${within} is ${FIRES[comparison]} ${quantity(rule.type, rule.threshold)}${calls}. Notifies by ${channels}${cooldown}.`;
}

function subject({ type, appId, capability }: Told): string {
  const app = appId === null ? 'each app' : `app ${appId}`;
  if (capability === EACH_CAPABILITY || (type === 'circuit_open' && capability === null))
    return `each capability of ${app}`;
  if (capability !== null) return `${capability} of ${app}`;
  const isOverall = appId === null && (type === 'dlq_size' || type === 'queue_depth');
  return isOverall ? 'the whole installation' : app;
}
