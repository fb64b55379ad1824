import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ApiModule } from '../api.module.js';
import { actionOf, AUDITED_ACTIONS, type Asked, type AuditedActionName } from './audited-actions.js';
import { AUDITED } from './audited.js';

/** Routes that change nothing of the platform, or are its main work and have a history of their own. */
const NO_ACTIONS = [
  'POST api/v1/apps/:appId/subscriptions/:name/filter/test',
  'POST api/v1/admin/alert-rules/:id/test',
  'POST api/v1/admin/alert-rules/rehearse',
  'POST api/v1/admin/manifests/validate',
  'POST api/v1/apps/:appId/capabilities/:capability/invoke',
  'POST api/v1/admin/doctor',
  'POST api/v1/events',
  'POST api/v1/events/batch',
  'POST api/v1/session',
  'DELETE api/v1/session',
];

interface Route {
  name: string;
  action: AuditedActionName | undefined;
}

/** Every route of a module and of all its imports. */
function routesOf(module: Type): Route[] {
  const controllers = (Reflect.getMetadata('controllers', module) ?? []) as Type[];
  const imports = ((Reflect.getMetadata('imports', module) ?? []) as unknown[]).filter(isClass);
  return [...controllers.flatMap(routesOfController), ...imports.flatMap(routesOf)];
}

function routesOfController(controller: Type): Route[] {
  const base = Reflect.getMetadata('path', controller) as string;
  return Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(({ value }) => {
    const handler = value as object;
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = Reflect.getMetadata('path', handler) as string;
    const name = `${RequestMethod[method]} ${[base, path].filter((part) => part !== '/').join('/')}`;
    return [{ name, action: Reflect.getMetadata(AUDITED, handler) as AuditedActionName | undefined }];
  });
}

const isClass = (value: unknown): value is Type => typeof value === 'function';
const changing = routesOf(ApiModule).filter(({ name }) => !name.startsWith('GET '));

describe('a route that changes something', () => {
  it('is found by this test', () => expect(changing.length).toBeGreaterThan(15));

  it.each(
    changing.filter(({ name }) => !NO_ACTIONS.includes(name)).map(({ name, action }) => [name, action]),
  )('is audited: %s', (_, action) => expect(Object.keys(AUDITED_ACTIONS)).toContain(action));

  it.each(NO_ACTIONS)('or is listed as no action: %s', (name) =>
    expect(changing).toContainEqual({ name, action: undefined }),
  );

  it('has a name in the audit log that no other has', () => {
    const names = changing.flatMap(({ action }) => action ?? []);
    expect(new Set(names).size).toBe(names.length);
    expect(names.sort()).toEqual(Object.keys(AUDITED_ACTIONS).sort());
  });
});

const asked = (part: Partial<Asked> = {}): Asked => ({ params: {}, query: {}, body: null, ...part });
const names = Object.keys(AUDITED_ACTIONS) as AuditedActionName[];

describe('what the audit log records of a request', () => {
  it.each<[AuditedActionName, Partial<Asked>, string, object | undefined]>([
    ['circuit_breaker.reset', { params: { appId: 'quiz', capability: 'report' } }, 'quiz/report', undefined],
    ['manifest.rollback', { params: { appId: 'quiz', version: '3' } }, 'quiz/3', undefined],
    [
      'app.update',
      { params: { appId: 'quiz' }, body: { status: 'disabled', disabledReason: 'they know why' } },
      'quiz',
      { fields: ['status', 'disabledReason'], status: 'disabled' },
    ],
    ['app.delete', { params: { appId: 'quiz' }, query: { force: 'true' } }, 'quiz', { force: 'true' }],
    ['api_key.create', { body: { name: 'ci', scopes: ['read'] } }, 'ci', { scopes: ['read'] }],
    ['dead_letters.retry', { body: { filter: { appId: 'quiz' } } }, '*', { filter: { appId: 'quiz' } }],
    [
      'approval.resolve',
      { params: { id: '7' }, body: { status: 'approved', notes: 'x' } },
      '7',
      { status: 'approved' },
    ],
  ])('%s of %j', (name, part, target, detail) => {
    const action = actionOf(name);
    expect(action.target(asked(part))).toBe(target);
    const said = action.asked?.(asked(part));
    expect(said && JSON.parse(JSON.stringify(said))).toEqual(detail);
  });

  it.each(['dead_letters.retry', 'dead_letters.resolve'] as const)(
    'is nothing when %s only counts',
    (name) => {
      expect(actionOf(name).isRehearsal?.(asked({ body: { dryRun: true } }))).toBe(true);
      expect(actionOf(name).isRehearsal?.(asked({ body: { dryRun: 'true' } }))).toBe(false);
      expect(actionOf(name).isRehearsal?.(asked({ body: null }))).toBe(false);
    },
  );

  it.each(names)('is short and does not fail, whatever was sent: %s', (name) => {
    const action = actionOf(name);
    const long = 'x'.repeat(100_000);
    const odd = [null, undefined, 7, 'text', [], [[]], { filter: null, scopes: {}, name: {}, appId: [] }];
    const large = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${n}${long}`, long]));
    for (const body of [
      ...odd,
      large,
      { filter: large, scopes: Array(500).fill(long), name: long, appId: long },
    ]) {
      const request = asked({ body, query: large });
      expect(typeof action.target(request)).toBe('string');
      expect((action.appId?.(request) ?? '').length).toBeLessThanOrEqual(255);
      expect(JSON.stringify(action.asked?.(request) ?? {}).length).toBeLessThan(20_000);
    }
  });

  it.each(names)('holds no secret and no payload of the answer: %s', (name) => {
    const answer = {
      id: '1',
      key: 'bw_secret',
      signingSecret: 'whsec_secret',
      payload: 'secret',
      notes: 'secret',
    };
    expect(JSON.stringify(actionOf(name).answered?.(answer) ?? {})).not.toContain('secret');
  });
});
