import { HEADERS_SCHEMA } from './header-limits.js';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { CAPABILITY_PATTERN, RESERVED_NAMES } from './capability-name.js';
import { BUILT_IN_STRATEGIES } from './fallback-strategies.js';
import {
  AsyncWebhookDto,
  CircuitBreakerDto,
  FallbackDto,
  ManifestDto,
  RetryDto,
  SubscriptionDto,
  SyncWebhookDto,
} from './manifest-classes.js';
import { RETRY_PROFILES } from './retry-profiles.js';
import { EVENT_TYPE_MAX_LENGTH, TYPE_PATTERN, TYPE_PATTERNS_MAX } from '@breakwater/filter';
import type { Bounds } from './rules.js';
import { STORABLE_TEXT } from './storable.js';
import { SIGNATURES_SCHEMA } from './signatures.js';
import { SUBSCRIPTION_NAME_PATTERN, SUBSCRIPTIONS_MAX } from './subscription-rules.js';
import { WEBHOOKS_MAX } from './validate-manifest.js';

export type JsonSchema = Record<string, unknown>;

/** The JSON Schema of each rule in rules.ts. */
const SCHEMA_OF_RULE: Record<string, (rule: { constraints: any[] }) => JsonSchema> = {
  range: ({ constraints: [minimum, maximum] }) => ({ type: 'integer', minimum, maximum }),
  number: ({ constraints: [minimum, maximum] }) => ({ type: 'number', format: 'double', minimum, maximum }),
  boolean: () => ({ type: 'boolean' }),
  text: ({ constraints: [maxLength, pattern] }) => ({ type: 'string', minLength: 1, maxLength, pattern }),
  isEmail: ({ constraints: [maxLength, pattern] }) => ({ type: 'string', maxLength, pattern }),
  list: ({ constraints: [length, each] }: { constraints: Bounds[] }) => ({
    type: 'array',
    minItems: length!.min,
    maxItems: length!.max,
    items: { type: 'integer', minimum: each!.min, maximum: each!.max },
  }),
};

/**
 * The manifest's grammar as a JSON Schema (draft 2020-12), for editors and other tools. Generated from the classes
 * that the validator uses; what classes cannot express (text or object, timeouts by kind) is added here. Only the
 * validator can check that a URL can be parsed, and how deep or large a document is.
 */
export function manifestJsonSchema(strategies: readonly string[] = BUILT_IN_STRATEGIES): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Breakwater app manifest',
    ...withParts(ManifestDto, {
      webhooks: {
        type: 'object',
        maxProperties: WEBHOOKS_MAX,
        propertyNames: { pattern: CAPABILITY_PATTERN, not: { enum: RESERVED_NAMES } },
        additionalProperties: { $ref: '#/$defs/webhook' },
        description: 'The webhooks by capability.',
      },
      subscriptions: {
        type: 'object',
        maxProperties: SUBSCRIPTIONS_MAX,
        propertyNames: { pattern: SUBSCRIPTION_NAME_PATTERN },
        additionalProperties: { $ref: '#/$defs/subscription' },
        description: 'The subscriptions by name.',
      },
    }),
    $defs: {
      webhook: { anyOf: [propertiesOf(SyncWebhookDto).url, { $ref: '#/$defs/webhookObject' }] },
      webhookObject: webhookObject(),
      subscription: withParts(SubscriptionDto, {
        events: EVENTS,
        filter: { type: 'object', additionalProperties: { $ref: '#/$defs/json' } },
        retry: { $ref: '#/$defs/retry' },
        headers: { $ref: '#/$defs/headers' },
        signatures: SIGNATURES_SCHEMA,
      }),
      retry: {
        anyOf: [
          { type: 'string', enum: RETRY_PROFILES },
          withParts(RetryDto, { profile: { type: 'string', enum: RETRY_PROFILES } }),
        ],
      },
      fallback: fallback(strategies),
      headers: HEADERS_SCHEMA,
      circuitBreaker: withParts(CircuitBreakerDto, {}),
      json: anyJson,
    },
  };
}

/** Types of events and patterns of them. */
const EVENTS: JsonSchema = {
  type: 'array',
  minItems: 1,
  maxItems: TYPE_PATTERNS_MAX,
  uniqueItems: true,
  items: { type: 'string', maxLength: EVENT_TYPE_MAX_LENGTH, pattern: TYPE_PATTERN },
};

/** JSON that PostgreSQL can store: see storageProblems. */
const anyJson: JsonSchema = {
  type: ['object', 'array', 'string', 'number', 'boolean', 'null'],
  pattern: STORABLE_TEXT,
  items: { $ref: '#/$defs/json' },
  propertyNames: { pattern: STORABLE_TEXT, not: { const: '__proto__' } },
  additionalProperties: { $ref: '#/$defs/json' },
};

function webhookObject(): JsonSchema {
  const schema = withParts(AsyncWebhookDto, {
    retry: { $ref: '#/$defs/retry' },
    fallback: { $ref: '#/$defs/fallback' },
    headers: { $ref: '#/$defs/headers' },
    circuitBreaker: { $ref: '#/$defs/circuitBreaker' },
  });
  return {
    ...schema,
    if: { properties: { async: { const: true } }, required: ['async'] },
    else: { properties: { timeout: propertiesOf(SyncWebhookDto).timeout } },
  };
}

function fallback(strategies: readonly string[]): JsonSchema {
  return {
    anyOf: [
      { type: 'string', enum: strategies.filter((strategy) => strategy !== 'static') },
      {
        ...withParts(FallbackDto, {
          strategy: { type: 'string', enum: strategies },
          value: { $ref: '#/$defs/json' },
        }),
        if: { properties: { strategy: { not: { const: 'static' } } } },
        else: { required: ['value'], properties: { value: {} } },
      },
    ],
  };
}

/** The schema of a class, without unknown keys, with the parts that the class leaves open. */
function withParts(rules: new () => object, parts: Record<string, JsonSchema>): JsonSchema {
  const schema = schemaOf(rules);
  return { ...schema, properties: { ...schema.properties, ...parts }, additionalProperties: false };
}

function propertiesOf(rules: new () => object): Record<string, JsonSchema> {
  return schemaOf(rules).properties;
}

function schemaOf(rules: new () => object): JsonSchema & { properties: Record<string, JsonSchema> } {
  const schema = targetConstructorToSchema(rules, { additionalConverters: SCHEMA_OF_RULE });
  return schema as JsonSchema & { properties: Record<string, JsonSchema> };
}
