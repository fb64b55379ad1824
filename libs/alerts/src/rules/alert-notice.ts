import {
  appScreen,
  durationText,
  listScreen,
  timeText,
  type Notice,
  type OfList,
} from '@breakwater/notifications';
import { TYPE_TRAITS, type AlertRule, type AlertType, type Comparison, type Subject } from './alert-rule.js';
import type { ResolvedReason } from './next-case.js';

/** A case with everything that its notice says. */
export interface AlertCase extends Subject {
  id: string;
  rule: AlertRule;
  firedAt: Date;
  now: Date;
  /** The value now; null when there is none any more. */
  value: number | null;
  worstValue: number;
  samples: number | null;
}

const FIRES: Readonly<Record<Comparison, string>> = { '<': 'below', '>': 'above', '>=': 'at or above' };

export function firingNotice(told: AlertCase): Notice {
  const { rule, value, firedAt } = told;
  const { comparison } = TYPE_TRAITS[rule.type];
  return {
    ...about(told, 'alert_firing'),
    mood: 'problem',
    title: `Alert: ${rule.name} (${subjectText(told)})`,
    summary: `${sentence(told, value ?? told.worstValue)}; the alert rule fires ${FIRES[comparison]} ${quantity(rule.type, rule.threshold)}.`,
    facts: [...numbers(told), { name: 'Since', value: timeText(firedAt) }],
    steps: steps(told),
  };
}

export function resolvedNotice(told: AlertCase, reason: ResolvedReason): Notice {
  const { rule, value, firedAt, now } = told;
  const ended =
    reason === 'no_samples' || value === null
      ? `There were no calls within the last ${durationText(rule.windowMs)}, so nothing is wrong`
      : sentence(told, value);
  return {
    ...about(told, 'alert_resolved'),
    mood: 'recovery',
    title: `Resolved: ${rule.name} (${subjectText(told)})`,
    summary: `${ended}. The alert fired for ${durationText(now.getTime() - firedAt.getTime())}.`,
    facts: [
      ...numbers(told),
      { name: 'Worst value', value: quantity(rule.type, told.worstValue) },
      { name: 'Fired at', value: timeText(firedAt) },
      { name: 'Resolved at', value: timeText(now) },
    ],
    steps: [
      { text: 'Nothing.', only: 'owner' },
      { text: 'Nothing. The case is kept in the list of alerts.', path: alertsPath(told), only: 'admins' },
    ],
  };
}

/** `1.5 %`, with at most two decimals. */
export function quantity(type: AlertType, value: number): string {
  return `${Number(value.toFixed(2))}${TYPE_TRAITS[type].unit}`;
}

function about(told: AlertCase, kind: 'alert_firing' | 'alert_resolved') {
  const { id, rule, appId, capability, value, worstValue, samples, firedAt } = told;
  const { id: ruleId, type, threshold, windowMs, channels } = rule;
  return {
    kind,
    appId,
    capability,
    dedupeKey: `${kind}:${id}`,
    // The length of the queue concerns the platform only.
    audience: appId === null || type === 'queue_depth' ? ('admins' as const) : ('owner_and_admins' as const),
    ...(channels.length > 0 ? { channels } : {}),
    data: {
      alertId: id,
      ruleId,
      ruleName: rule.name,
      type,
      appId,
      capability,
      threshold,
      windowMs,
      value,
      worstValue,
      samples,
      firedAt: firedAt.toISOString(),
    },
  };
}

function sentence(told: AlertCase, value: number): string {
  const { noun, sampled } = TYPE_TRAITS[told.rule.type];
  const within = sampled ? ` over the last ${durationText(told.rule.windowMs)}` : '';
  return `The ${noun} of ${subjectText(told)} is ${quantity(told.rule.type, value)}${within}`;
}

function numbers({ rule, value, samples, appId, capability }: AlertCase): Notice['facts'] {
  const { comparison, sampled } = TYPE_TRAITS[rule.type];
  return [
    ...(appId === null ? [] : [{ name: 'App', value: appId }]),
    ...(capability === null ? [] : [{ name: 'Capability', value: capability }]),
    ...(value === null ? [] : [{ name: 'Value', value: quantity(rule.type, value) }]),
    { name: 'Fires when', value: `${comparison} ${quantity(rule.type, rule.threshold)}` },
    ...(sampled ? [{ name: 'Window', value: durationText(rule.windowMs) }] : []),
    ...(samples === null
      ? []
      : [
          {
            name: rule.type === 'avg_attempts' ? 'Deliveries counted' : 'Calls counted',
            value: String(samples),
          },
        ]),
  ];
}

function subjectText({ appId, capability }: Subject): string {
  if (appId === null) return 'the whole installation';
  return capability === null ? appId : `${appId}/${capability}`;
}

function alertsPath({ appId }: Subject): string {
  return listScreen('alerts', { app: appId });
}

/** What to do, by type. docs/guides/alerting.md says the same in detail. */
function steps(told: AlertCase): Notice['steps'] {
  const of = { app: told.appId, capability: told.capability };
  const deliveries = { path: listScreen('deliveries', of), command: 'breakwater deliveries list' };
  return [...stepsOf(told.rule.type, told, { of, deliveries }), ...caseSteps(told)];
}

function stepsOf(
  type: AlertType,
  { appId, capability }: Subject,
  { of, deliveries }: { of: OfList; deliveries: Place },
): Notice['steps'] {
  switch (type) {
    case 'success_rate':
      return step('See what the failed calls answered, and fix the webhook.', deliveries);
    case 'response_time':
      return step('Find out what makes the webhook slow; calls that reach their timeout fail.', deliveries);
    case 'avg_attempts':
      return step('See which calls had to be repeated and what they answered.', deliveries);
    case 'dlq_size':
      return step('Fix what made them fail, then send them again or resolve them.', {
        path: listScreen('dead-letters', of),
        command: 'breakwater deliveries list --status dead_letter',
      });
    case 'queue_depth':
      return step('Check that workers run and keep up; start more of them, or raise QUEUE_CONCURRENCY.', {
        path: listScreen('system'),
      });
    case 'circuit_open':
      return step('See what opened the circuit breaker, and fix the webhook.', {
        path: listScreen('breakers', of),
        command:
          appId === null || capability === null
            ? 'breakwater breaker list'
            : `breakwater breaker show ${appId} ${capability}`,
      });
    case 'app_health':
      return step('See what the health URL answers, and fix or restart the app.', {
        path: appScreen(appId ?? ''),
      });
  }
}

interface Place {
  /** For admins. */
  path: string;
  /** A command for owners with the app's key; absent where there is none. */
  command?: string;
}

function step(text: string, { path, command }: Place): Notice['steps'] {
  const ownText = command === undefined ? text : `${text} With your app’s key: ${command}`;
  return [
    { text: ownText, only: 'owner' },
    { text, path, only: 'admins' },
  ];
}

function caseSteps(told: AlertCase): Notice['steps'] {
  return [
    { text: 'The case resolves by itself.', only: 'owner' },
    { text: 'See the case; it resolves by itself.', path: alertsPath(told), only: 'admins' },
  ];
}
