import type { AuditDetail } from '@breakwater/access';

/** A request before validation. */
export interface Asked {
  params: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, unknown>>;
  body: unknown;
}

interface Action {
  /** What the action changes. */
  target: (asked: Asked) => string;
  /** The app it concerns, if the path does not name it. */
  appId?: (asked: Asked) => string | undefined;
  /** Further parameters: names, counts and filters, never a secret or a payload. */
  asked?: (asked: Asked) => AuditDetail;
  /** The result, by the same rule. */
  answered?: (answer: Readonly<Record<string, unknown>>) => AuditDetail;
  /** Whether it changes nothing and so is no action. */
  isRehearsal?: (asked: Asked) => boolean;
}

const theApp = ({ params }: Asked): string => params['appId'] ?? '';
const theCapability = ({ params }: Asked): string => `${params['appId']}/${params['capability']}`;
const theSubscription = ({ params }: Asked): string => `${params['appId']}/${params['name']}`;
const theSource = ({ params }: Asked): string => `${params['appId']}/${params['source']}`;
const theTarget = ({ params }: Asked): string => `${params['appId']}/${params['source']}/${params['target']}`;
const theType = ({ params }: Asked): string => params['type'] ?? '';
const theId = ({ params }: Asked): string => params['id'] ?? '';
const member = ({ body }: Asked, name: string): unknown => (body as Record<string, unknown> | null)?.[name];

const version: Pick<Action, 'answered'> = { answered: (answer) => picked(answer, ['version', 'changed']) };

/** A URL may carry a secret, so it is not logged. */
const toOtherUrl = (asked: Asked): AuditDetail =>
  member(asked, 'url') === undefined ? {} : { toOtherUrl: true };

const onMany: Action = {
  target: () => '*',
  appId: (asked) => text((member(asked, 'filter') as { appId?: unknown } | null | undefined)?.appId),
  asked: (asked) => ({ filter: scalarsOf(member(asked, 'filter')) }),
  answered: ({ count }) => ({ count }),
  isRehearsal: (asked) => member(asked, 'dryRun') === true,
};

const redelivery: Action = {
  target: theId,
  asked: (asked) => (member(asked, 'payload') === undefined ? {} : { edited: true }),
  isRehearsal: (asked) => member(asked, 'dryRun') === true,
};

/** All actions of people in the audit log, by their name there. */
export const AUDITED_ACTIONS = {
  'manifest.register': { target: theApp, ...version },
  'manifest.rollback': { target: ({ params }) => `${params['appId']}/${params['version']}`, ...version },
  'app.update': {
    target: theApp,
    asked: ({ body }) => ({ fields: namesOf(body), ...picked(body, ['status']) }),
  },
  'app.delete': {
    target: theApp,
    asked: ({ query }) => picked(query, ['force']),
    answered: ({ cancelled }) => ({ cancelled }),
  },
  'app.pause': { target: theApp, asked: ({ body }) => picked(body, ['reason']) },
  'app.resume': { target: theApp },
  'capability.pause': { target: theCapability, asked: ({ body }) => picked(body, ['reason']) },
  'capability.resume': { target: theCapability },
  'capability.disable': { target: theCapability, asked: ({ body }) => picked(body, ['reason']) },
  'capability.enable': { target: theCapability },
  'event.replay': {
    target: theId,
    asked: (asked) => ({ ...picked(asked.body, ['subscription', 'result']), ...toOtherUrl(asked) }),
    answered: ({ operation }) => picked(operation, ['id', 'planned']),
  },
  'bulk_operation.plan': {
    target: (asked) => text(member(asked, 'kind')) ?? '',
    appId: (asked) => text((member(asked, 'filter') as { appId?: unknown } | null | undefined)?.appId),
    asked: (asked) => ({
      filter: scalarsOf(member(asked, 'filter')),
      ...picked(asked.body, ['perSecond']),
      ...toOtherUrl(asked),
    }),
    answered: (answer) => picked(answer, ['id', 'planned']),
  },
  'bulk_operation.run': { target: theId, answered: (answer) => picked(answer, ['kind', 'planned']) },
  'bulk_operation.cancel': { target: theId, answered: (answer) => picked(answer, ['kind', 'done']) },
  'subscription.create': {
    target: (asked) => `${asked.params['appId']}/${text(member(asked, 'name')) ?? ''}`,
    asked: (asked) => ({ events: listOf(member(asked, 'events')), ...picked(asked.body, ['paused']) }),
    answered: ({ id }) => ({ id }),
  },
  'subscription.update': { target: theSubscription, asked: ({ body }) => ({ fields: namesOf(body) }) },
  'subscription.delete': { target: theSubscription },
  'subscription.pause': { target: theSubscription, asked: ({ body }) => picked(body, ['reason']) },
  'subscription.resume': { target: theSubscription },
  'subscription.disable': { target: theSubscription, asked: ({ body }) => picked(body, ['reason']) },
  'subscription.enable': { target: theSubscription },
  'subscription.ping': {
    target: theSubscription,
    answered: (answer) => picked(answer, ['outcome', 'httpStatus']),
  },
  'conformance.run': {
    target: theApp,
    asked: ({ body }) => picked(body, ['capability', 'subscription', 'keep']),
    answered: ({ id }) => ({ id }),
  },
  'source.create': {
    target: (asked) => `${asked.params['appId']}/${text(member(asked, 'name')) ?? ''}`,
    asked: (asked) => ({
      ...picked(member(asked, 'verification'), ['preset']),
      ...picked(asked.body, ['generateSecret', 'paused']),
    }),
    answered: ({ id }) => ({ id }),
  },
  'source.update': {
    target: theSource,
    asked: (asked) => ({ fields: namesOf(asked.body), ...picked(member(asked, 'verification'), ['preset']) }),
  },
  'source.delete': { target: theSource },
  'source.rotate_key': { target: theSource, asked: ({ body }) => picked(body, ['overlapMs']) },
  'source.add_secret': { target: theSource, asked: ({ body }) => picked(body, ['overlapMs']) },
  'source.pause': { target: theSource, asked: ({ body }) => picked(body, ['reason']) },
  'source.resume': { target: theSource },
  'source.put_target': { target: theTarget, asked: ({ body }) => ({ fields: namesOf(body) }) },
  'source.delete_target': { target: theTarget },
  'webhook.retry': { target: theId, answered: ({ count }) => ({ count }) },
  'event_type.put': {
    target: theType,
    asked: ({ body }) => ({ fields: namesOf(body), ...picked(body, ['mode']) }),
  },
  'event_type.delete': { target: theType },
  'subscription.rotate_secret': {
    target: theSubscription,
    asked: ({ body }) => picked(body, ['overlapMs']),
  },
  'signing_secret.rotate': { target: theApp, asked: ({ body }) => picked(body, ['overlapMs']) },
  'client_certificate.put': {
    target: theApp,
    answered: (answer) => picked(answer, ['fingerprint', 'subject']),
  },
  'client_certificate.delete': { target: theApp },
  'webhook_key.rotate': { target: () => '*', asked: ({ body }) => picked(body, ['overlapMs']) },
  'api_key.create': {
    target: (asked) => text(member(asked, 'name')) ?? '',
    appId: (asked) => text(member(asked, 'appId')),
    asked: (asked) => ({
      scopes: listOf(member(asked, 'scopes')),
      ...picked(asked.body, ['expiresAt']),
    }),
    answered: ({ id }) => ({ id }),
  },
  'api_key.revoke': { target: theId },
  'portal_link.create': {
    target: theApp,
    asked: (asked) => ({
      capabilities: listOf(member(asked, 'capabilities')),
      ...picked(asked.body, ['expiresIn', 'note']),
    }),
    answered: ({ id }) => ({ id }),
  },
  'portal_link.revoke': { target: theId },
  'circuit_breaker.reset': { target: theCapability },
  'circuit_breaker.force': { target: theCapability, asked: ({ body }) => picked(body, ['state', 'reason']) },
  'circuit_breaker.automatic': { target: theCapability, asked: ({ body }) => picked(body, ['reason']) },
  'app_health.check': { target: theApp },
  'delivery.redeliver': redelivery,
  'delivery.retry_failed': { target: theId },
  'delivery.cancel': { target: theId },
  'deliveries.cancel': onMany,
  'dead_letter.retry': redelivery,
  'dead_letter.note': { target: theId },
  'dead_letter.resolve': { target: theId },
  'dead_letter.delete': { target: theId },
  'dead_letters.retry': onMany,
  'dead_letters.resolve': onMany,
  'maintenance.run': { target: () => '*', answered: (answer) => scalarsOf(answer['removed']) },
  'demo.remove': { target: () => '*', answered: (answer) => picked(answer, ['apps', 'deliveries']) },
  'alert_rule.create': {
    target: (asked) => text(member(asked, 'name')) ?? '',
    appId: (asked) => text(member(asked, 'appId')),
    asked: ({ body }) => picked(body, ['type', 'capability', 'threshold', 'enabled']),
    answered: ({ id }) => ({ id }),
  },
  'alert_rule.update': {
    target: theId,
    asked: ({ body }) => scalarsOf(body),
    answered: ({ changed }) => ({ changed }),
  },
  'alert.acknowledge': { target: theId },
  'alert_rule.delete': { target: theId },
  'approval.resolve': { target: theId, asked: ({ body }) => picked(body, ['status']) },
} satisfies Record<string, Action>;

export type AuditedActionName = keyof typeof AUDITED_ACTIONS;

export function actionOf(name: AuditedActionName): Action {
  return AUDITED_ACTIONS[name];
}

/** A request may contain anything: only these few members, and only short ones, get into the log. */
const TEXT_MAX = 255;
const LIST_MAX = 20;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_MAX) : undefined;
}

function scalar(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? value : text(value);
}

function picked(source: unknown, names: readonly string[]): AuditDetail {
  const members = source as Record<string, unknown> | null | undefined;
  return Object.fromEntries(names.map((name) => [name, scalar(members?.[name])]));
}

function scalarsOf(source: unknown): AuditDetail {
  return picked(source, namesOf(source));
}

function namesOf(source: unknown): string[] {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return [];
  return listOf(Object.keys(source));
}

function listOf(source: unknown): string[] {
  if (!Array.isArray(source)) return [];
  return source.flatMap((item) => text(item) ?? []).slice(0, LIST_MAX);
}
