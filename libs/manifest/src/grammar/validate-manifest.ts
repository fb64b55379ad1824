import { cut, pointerTo, readable, type Problem } from '@breakwater/platform';
import { URL_MAX_LENGTH } from '@breakwater/webhook-client';
import { CAPABILITY_PATTERN, isCapabilityName, RESERVED_NAMES } from './capability-name.js';
import { endpointUrl } from './endpoint-url.js';
import { BUILT_IN_STRATEGIES } from './fallback-strategies.js';
import { inspect, isPart, type Part } from './inspect.js';
import { ManifestDto } from './manifest-classes.js';
import type { Manifest } from './manifest.js';
import { sizeProblem, storageProblems } from './storable.js';
import { problemsOfSubscriptions, subscriptionWarnings, toSubscription } from './subscription-rules.js';
import { toWebhook, webhookProblems, webhookWarnings } from './webhook-rules.js';

/** Most webhooks of one app. */
export const WEBHOOKS_MAX = 500;

const DEFAULT_HEALTH_PATH = '/health';

export type CheckedManifest =
  { ok: true; manifest: Manifest; warnings: Problem[] } | { ok: false; problems: Problem[] };

/**
 * Checks a manifest against the whole grammar and reports every problem at once. Hosts are not resolved: the SSRF
 * guard decides whether a URL may be called.
 * @param strategies names of the existing fallback strategies
 */
export function validateManifest(
  document: unknown,
  strategies: readonly string[] = BUILT_IN_STRATEGIES,
): CheckedManifest {
  const unsafe = storageProblems(document);
  if (unsafe.length > 0) return { ok: false, problems: unsafe };
  const oversize = sizeProblem(document);
  if (oversize) return { ok: false, problems: [oversize] };
  if (!isPart(document)) {
    return {
      ok: false,
      problems: [
        { pointer: '', rule: 'type', message: 'a manifest is a JSON object', value: readable(document) },
      ],
    };
  }
  const problems = documentProblems(document, strategies);
  if (problems.length > 0) return { ok: false, problems };
  const webhooks = longForms(document.webhooks as Part);
  const subscriptions = Object.entries((document.subscriptions as Record<string, Part> | undefined) ?? {});
  const baseUrl = document.baseUrl as string;
  return {
    ok: true,
    manifest: {
      name: document.name as string,
      ownerEmail: document.ownerEmail as string,
      baseUrl,
      healthPath: (document.healthPath as string | undefined) ?? DEFAULT_HEALTH_PATH,
      health: document.health !== false,
      webhooks: webhooks.map(([capability, webhook]) => toWebhook(capability, webhook as Part, baseUrl)),
      subscriptions: subscriptions.map(([name, subscription]) => toSubscription(name, subscription, baseUrl)),
    },
    warnings: [
      ...healthWarnings(document),
      ...webhooks.flatMap(([capability, webhook]) =>
        webhookWarnings(webhook as Part, ['webhooks', capability]),
      ),
      ...subscriptions.flatMap(([name, subscription]) =>
        subscriptionWarnings(subscription, ['subscriptions', name]),
      ),
    ],
  };
}

function documentProblems(document: Part, strategies: readonly string[]): Problem[] {
  const problems = inspect(document, ManifestDto, []);
  const baseUrl = problems.some(({ pointer }) => pointer === '/baseUrl')
    ? null
    : (document.baseUrl as string);
  if (baseUrl !== null) problems.push(...unparsable('baseUrl', endpointUrl('', baseUrl), baseUrl));
  const parsable = baseUrl !== null && endpointUrl('', baseUrl) !== null ? baseUrl : null;
  const { healthPath, webhooks } = document;
  problems.push(...problemsOfSubscriptions(document.subscriptions, parsable));
  if (parsable !== null && typeof healthPath === 'string' && healthPath.startsWith('/')) {
    problems.push(...unparsable('healthPath', endpointUrl(parsable, healthPath), healthPath));
  }
  if (!isPart(webhooks)) {
    const message = 'webhooks must be an object of webhooks by capability';
    if (webhooks === undefined)
      problems.push({ pointer: '/webhooks', rule: 'required', message: `${message} and is required` });
    else problems.push({ pointer: '/webhooks', rule: 'type', message, value: readable(webhooks) });
    return problems;
  }
  if (Object.keys(webhooks).length > WEBHOOKS_MAX) {
    const message = `webhooks holds more than ${WEBHOOKS_MAX} capabilities`;
    problems.push({ pointer: '/webhooks', rule: 'count', message, bounds: { max: WEBHOOKS_MAX } });
  }
  for (const [capability, webhook] of longForms(webhooks)) {
    const path = ['webhooks', capability];
    if (!isCapabilityName(capability)) problems.push(nameProblem(capability));
    if (isPart(webhook)) problems.push(...webhookProblems(webhook, parsable, strategies, path));
    else problems.push(shapeProblem(webhook, capability));
  }
  return problems;
}

function healthWarnings({ health, healthPath }: Part): Problem[] {
  if (health !== false || healthPath === undefined) return [];
  const message = 'healthPath has no effect while health is false: the app is not checked';
  return [{ pointer: '/healthPath', rule: 'no_effect', message }];
}

/** The webhooks in their long form: a URL becomes an object with this URL. */
function longForms(webhooks: Part): [string, unknown][] {
  return Object.entries(webhooks).map(([capability, webhook]) => [
    capability,
    typeof webhook === 'string' ? { url: webhook } : webhook,
  ]);
}

function unparsable(key: string, parsed: string | null, value: string): Problem[] {
  if (parsed !== null) return [];
  const message = `${key} cannot be parsed, or is longer than ${URL_MAX_LENGTH} characters after parsing`;
  return [
    {
      pointer: pointerTo(key),
      rule: 'url',
      message,
      bounds: { maxLength: URL_MAX_LENGTH },
      value: readable(value),
    },
  ];
}

function nameProblem(capability: string): Problem {
  return {
    pointer: pointerTo('webhooks', capability),
    rule: 'capability',
    message: `"${cut(capability)}" is not a capability name: a lower-case letter, then lower-case letters, digits and _, 100 at most`,
    bounds: { pattern: CAPABILITY_PATTERN, reserved: RESERVED_NAMES },
    value: cut(capability),
  };
}

function shapeProblem(webhook: unknown, capability: string): Problem {
  const message = 'a webhook is a URL or an object with `url`';
  return { pointer: pointerTo('webhooks', capability), rule: 'type', message, value: readable(webhook) };
}
