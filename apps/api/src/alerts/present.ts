import { TYPE_TRAITS, type AlertType, type AlertView, type RuleHistory } from '@breakwater/alerts';
import type { AlertDto, AlertSeriesDto } from './alert.dto.js';

export function presentAlert(alert: AlertView): AlertDto {
  const { status, acknowledgedAt } = alert;
  const isOpen = acknowledgedAt === null;
  return { ...alert, state: status === 'resolved' ? 'resolved' : isOpen ? 'open' : 'acknowledged' };
}

export function traitsOf(type: string): { comparison: string; noun: string; unit: string } {
  const { comparison, noun, unit } = TYPE_TRAITS[type as AlertType];
  return { comparison, noun, unit };
}

/** Why people were not notified that it fires; null: they were, or nobody knows any more. */
export function suppressedBy(
  { notifiedAt, firedAt }: Pick<AlertView, 'notifiedAt' | 'firedAt'>,
  mutedUntil: Date | null,
): string | null {
  if (notifiedAt !== null) return null;
  return mutedUntil !== null && firedAt < mutedUntil ? 'muted' : 'cooldown';
}

export function presentSeries(
  history: Pick<RuleHistory, 'period'> & { points: AlertSeriesDto['points'] },
): AlertSeriesDto {
  const { from, to, stepMs } = history.period;
  return { from, to, stepMs, points: history.points };
}
