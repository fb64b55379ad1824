/**
 * Faults from the inside, loaded beside the built product with `node --import`, so that the tested code is the shipped
 * code and contains no failpoints. CHAOS tells a process which faults to apply:
 *   {"kill": {"after_claim": 1}}    kill -9 of itself when it passes a point for the n-th time
 *   {"killInPublish": {"statement": 2, "when": "before"}}
 *                                   kill -9 of itself before or after the n-th statement of its first publish
 *   {"clockOffsetMs": 600000}       its clock is wrong by this much
 *   {"blockWhile": "/a/file"}       SIGUSR2 stops its event loop until that file is gone
 *   {"break": ["no_fencing"]}       one mechanism is disabled, so that a test of it has to fail
 * See docs/adr/0013-faults-beside-the-build.md.
 */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const plan = JSON.parse(process.env.CHAOS ?? '{}');
const lib = (path) => import(new URL(`../../dist/libs/${path}`, import.meta.url));
const passed = {};

function reach(point) {
  passed[point] = (passed[point] ?? 0) + 1;
  if (plan.kill?.[point] === passed[point]) process.kill(process.pid, 'SIGKILL');
}

/** Replaces a method by `around`, which gets the original, bound. */
function wrap(owner, method, around) {
  const original = owner.prototype[method];
  if (typeof original !== 'function') throw new Error(`no method ${owner.name}.${method}`);
  owner.prototype[method] = function (...args) {
    return around.call(this, (...given) => original.apply(this, given), ...args);
  };
}

/**
 * Removes one part of a text. If the part is not found, it throws: otherwise the mechanism would stay enabled
 * unnoticed.
 */
function without(text, part, instead = '') {
  if (!text.includes(part)) throw new Error(`nothing to remove, the product has changed: ${part}`);
  return text.replace(part, instead);
}

if (plan.clockOffsetMs) {
  const Real = Date;
  const now = () => Real.now() + plan.clockOffsetMs;
  globalThis.Date = class extends Real {
    constructor(...args) {
      super(...(args.length === 0 ? [now()] : args));
    }
    static now = now;
  };
}

const never = new Int32Array(new SharedArrayBuffer(4));
if (plan.blockWhile) {
  process.on('SIGUSR2', () => {
    while (existsSync(plan.blockWhile)) Atomics.wait(never, 0, 0, 20);
  });
}

if (plan.kill) {
  const { ClaimStore } = await lib('delivery/src/attempt/claim.store.js');
  const { FinishStore } = await lib('delivery/src/attempt/finish.store.js');
  const { AcceptStore } = await lib('delivery/src/accept/accept.store.js');
  const { UndiciWebhookClient } = await lib('webhook-client/src/undici-webhook-client.service.js');
  const { BreakerStore } = await lib('circuit-breaker/src/breaker.store.js');
  wrap(ClaimStore, 'claim', async (claim, ...args) => {
    reach('before_claim');
    const claimed = await claim(...args);
    if (claimed.decision === 'claimed') reach('after_claim');
    return claimed;
  });
  wrap(UndiciWebhookClient, 'send', async (send, ...args) => {
    const outcome = await send(...args);
    if (outcome.kind === 'delivered') reach('after_2xx');
    return outcome;
  });
  wrap(FinishStore, 'finish', async (finish, ...args) => {
    const held = await finish(...args);
    reach('after_finish');
    return held;
  });
  wrap(BreakerStore, 'claimProbe', async (claimProbe, ...args) => {
    const row = await claimProbe(...args);
    if (row) reach('during_probe');
    return row;
  });
  const { FanOutStore } = await lib('delivery/src/events/fan-out.store.js');
  wrap(FanOutStore, 'step', async (step, ...args) => {
    reach('before_fan_out_step');
    const done = await step(...args);
    reach('after_fan_out_step');
    return done;
  });
  const { RollUpStore } = await lib('metrics/src/roll-up/roll-up.store.js');
  const { Database } = await lib('platform/src/database/database.service.js');
  let rollsUp = false;
  wrap(RollUpStore, 'rollUpSome', async (rollUpSome) => {
    rollsUp = true;
    return rollUpSome().finally(() => (rollsUp = false));
  });
  // All of its work is done, and none of it committed; only the first transaction with work.
  wrap(Database, 'transaction', async (transaction, work, ...rest) =>
    transaction(
      async (client) => {
        const result = await work(client);
        if (rollsUp && result.calls > 0) reach('during_roll_up');
        return result;
      },
      ...rest,
    ),
  );
  for (const accepting of ['accept', 'acceptOnce']) {
    wrap(AcceptStore, accepting, async (accept, ...args) => {
      reach('before_accept_commit');
      const accepted = await accept(...args);
      reach('after_accept_commit');
      return accepted;
    });
  }
}

if (plan.killInPublish) {
  const { PublishEvents } = await lib('events/src/publish/publish-events.service.js');
  const { Database } = await lib('platform/src/database/database.service.js');
  const { statement, when } = plan.killInPublish;
  const publishing = new AsyncLocalStorage();
  wrap(PublishEvents, 'publish', (publish, ...args) =>
    publishing.run({ statements: 0 }, () => publish(...args)),
  );
  wrap(Database, 'query', async (query, ...args) => {
    const current = publishing.getStore();
    const isIt = current !== undefined && ++current.statements === statement;
    if (isIt && when === 'before') process.kill(process.pid, 'SIGKILL');
    const rows = await query(...args);
    if (isIt) process.kill(process.pid, 'SIGKILL');
    return rows;
  });
}

const switches = {
  /** The 202 is sent before the row is committed. */
  async ack_before_commit() {
    const { AcceptStore } = await lib('delivery/src/accept/accept.store.js');
    wrap(AcceptStore, 'accept', async (accept, delivery) => {
      setTimeout(() => accept(delivery).catch(() => undefined), 1_000);
      return { kind: 'accepted', id: delivery.id, enqueue: false };
    });
  },
  /** Any process may end a claim, whoever holds it. */
  async no_fencing() {
    const { Database } = await lib('platform/src/database/database.service.js');
    wrap(Database, 'query', (query, statement, ...rest) => {
      if (statement.name !== 'finish') return query(statement, ...rest);
      return query({ ...statement, text: without(statement.text, ' AND g.token = d.claim_token') }, ...rest);
    });
  },
  /** No process checks whether another one is probing. */
  async naive_breaker() {
    const { Database } = await lib('platform/src/database/database.service.js');
    wrap(Database, 'query', (query, statement, ...rest) => {
      if (statement.name !== 'breaker_claim_probe') return query(statement, ...rest);
      const lease = ' AND (c.probe_until IS NULL OR c.probe_until <= clock_timestamp())';
      return query({ ...statement, text: without(statement.text, lease) }, ...rest);
    });
    const { CircuitBreakers } = await lib('circuit-breaker/src/circuit-breakers.service.js');
    for (const admitting of ['admitAtOnce', 'admit']) {
      wrap(CircuitBreakers, admitting, function (admit, ...args) {
        for (const { circuit } of this.views.views.values()) {
          if (circuit.state === 'half_open') circuit.probeUntilMs = null;
        }
        return admit(...args);
      });
    }
  },
  /** Every address may be connected to. */
  async guard_off() {
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context);
        if (!url.endsWith('/guard/address-rules.js')) return loaded;
        const declared = 'export function refuseAddress(address, port, allow) {';
        return {
          ...loaded,
          source: without(Buffer.from(loaded.source).toString(), declared, `${declared} return null;`),
        };
      },
    });
  },
  /** Nothing repairs what was lost. */
  async no_sweeper() {
    const { Sweeper } = await lib('delivery/src/sweep/sweeper.service.js');
    wrap(Sweeper, 'sweep', async () => null);
  },
};

for (const name of plan.break ?? []) await switches[name]();
