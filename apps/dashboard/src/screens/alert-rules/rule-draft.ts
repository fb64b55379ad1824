import type { AlertRuleChangeDto, AlertRuleDto, NewAlertRuleDto } from '@breakwater/client';
import { TRAITS, type AlertType, type RuleDraft } from '../alerts/alert-text.js';

/** A rule of the API in the form, and back. Pure. */

export function draftOf(rule: AlertRuleDto): RuleDraft {
  return {
    name: rule.name,
    type: rule.type as AlertType,
    appId: rule.appId ?? '',
    capability: rule.capability ?? '',
    threshold: rule.threshold,
    windowMs: rule.windowMs,
    minSamples: rule.minSamples,
    cooldownSeconds: rule.cooldownSeconds,
    channels: rule.channels,
    enabled: rule.enabled,
  };
}

/** What may be changed of a rule. */
export function changeOf(draft: RuleDraft): AlertRuleChangeDto {
  const { name, threshold, windowMs, minSamples, cooldownSeconds, enabled } = draft;
  const channels = [...draft.channels] as AlertRuleChangeDto['channels'];
  return { name: name.trim(), threshold, windowMs, minSamples, cooldownSeconds, channels, enabled };
}

export function newRuleOf(draft: RuleDraft): NewAlertRuleDto {
  const { type, appId, capability } = draft;
  const { name = '', threshold = 0, ...rest } = changeOf(draft);
  return {
    ...rest,
    name,
    threshold,
    type,
    ...(appId.trim() === '' ? {} : { appId: appId.trim() }),
    ...(capability.trim() === '' || type === 'app_health' ? {} : { capability: capability.trim() }),
  };
}

/** The same rule about something else: the threshold is the usual one of the type. */
export function withType(draft: RuleDraft, type: AlertType): RuleDraft {
  const capability = type === 'app_health' ? '' : draft.capability;
  return { ...draft, type, capability, threshold: TRAITS[type].usual };
}

/** Whether nobody is notified now. */
export function isMuted({ mutedUntil }: { mutedUntil: string | null }, now: Date): boolean {
  return mutedUntil !== null && new Date(mutedUntil) > now;
}
