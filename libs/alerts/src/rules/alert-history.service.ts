import { Injectable } from '@nestjs/common';
import { MetricWindows, type RollingPeriod } from '@breakwater/metrics';
import { TYPE_TRAITS, type AlertRule, type AlertType, type Subject } from './alert-rule.js';
import type { AlertView } from './alerts.store.js';
import { firingSpans, historyOf, type FiringSpan, type HistoryPoint } from './rule-history.js';

/** What a rule would have done about one subject. */
export interface SubjectHistory extends Subject {
  spans: FiringSpan[];
  points: HistoryPoint[];
}

export interface RuleHistory {
  period: RollingPeriod;
  subjects: SubjectHistory[];
  /** Whether there are more subjects, with fewer calls. */
  isCut: boolean;
}

const DAY_MS = 86_400_000;
const STEP_MS = 300_000;
const SUBJECTS = 20;
const POINTS = 300;

/** The past values of rules that count calls. Those of other types are not stored. */
@Injectable()
export class AlertHistory {
  constructor(private readonly windows: MetricWindows) {}

  /** What a rule would have done within the last 24 h; null for a type whose past values are not stored. */
  async rehearse(rule: Omit<AlertRule, 'id'>, now: Date): Promise<RuleHistory | null> {
    if (!TYPE_TRAITS[rule.type].sampled) return null;
    const to = new Date(Math.floor(now.getTime() / STEP_MS) * STEP_MS);
    const from = new Date(to.getTime() - DAY_MS);
    const period = { from, to, stepMs: STEP_MS, windowMs: rule.windowMs };
    const found = await this.windows.subjects(rule, { from, to }, SUBJECTS + 1);
    const subjects: SubjectHistory[] = [];
    for (const subject of found.slice(0, SUBJECTS)) {
      const points = historyOf(rule, subject, await this.windows.rolling(subject, period));
      subjects.push({ ...subject, points, spans: firingSpans(rule, points) });
    }
    return { period, subjects, isCut: found.length > SUBJECTS };
  }

  /**
   * The values around the time in which an alert fired: from a window before, to half an hour after. Null for a type
   * whose past values are not stored.
   */
  async of(alert: AlertView, now: Date): Promise<{ period: RollingPeriod; points: HistoryPoint[] } | null> {
    const type = alert.type as AlertType;
    const { appId, capability, windowMs, threshold, firedAt, resolvedAt } = alert;
    if (!TYPE_TRAITS[type].sampled || appId === null) return null;
    const fromMs = firedAt.getTime() - Math.max(windowMs, DAY_MS / 24);
    const toMs = Math.min(now.getTime(), (resolvedAt ?? now).getTime() + DAY_MS / 48);
    const stepMs = Math.max(60_000, Math.ceil((toMs - fromMs) / POINTS / 60_000) * 60_000);
    const period = {
      from: new Date(Math.floor(fromMs / stepMs) * stepMs),
      to: new Date(Math.ceil(toMs / stepMs) * stepMs),
      stepMs,
      windowMs,
    };
    const counts = await this.windows.rolling({ appId, capability }, period);
    const rule = { type, threshold, minSamples: 1, appId, capability };
    return { period, points: historyOf(rule, { appId, capability }, counts) };
  }
}
