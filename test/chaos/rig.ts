import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Email } from 'postal-mime';
import { eventually } from '@breakwater/testing/eventually.js';
import { startMailServer, type MailServer } from '@breakwater/testing/mail-server.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import type { Behaviour, ReceivedCall } from '@breakwater/testing/receiver.js';
import { openWakeUps, type OpenWakeUps } from '@breakwater/testing/wake-ups.js';
import type { Answer } from '../support/http.js';
import { Platform, type Backend } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { digest, factsOf, lineOf, MAX_ATTEMPTS, type Transition } from './facts.js';
import { violations, type Facts, type ProbeFacts } from './invariants.js';

/** The faults of a process, see faults.mjs. */
export interface Faults {
  kill?: Partial<Record<KillPoint, number>>;
  killInPublish?: { statement: number; when: 'before' | 'after' };
  clockOffsetMs?: number;
  blockWhile?: string;
  break?: Break[];
}
export type KillPoint =
  | 'before_claim'
  | 'after_claim'
  | 'after_2xx'
  | 'after_finish'
  | 'before_accept_commit'
  | 'after_accept_commit'
  | 'during_probe'
  | 'during_roll_up'
  | 'before_fan_out_step'
  | 'after_fan_out_step';
export type Break = 'ack_before_commit' | 'no_fencing' | 'naive_breaker' | 'guard_off' | 'no_sweeper';

/** A capability of the rig, and what its path means for the ledger. */
interface Target {
  appId: string;
  name: string;
  path: string;
  sync: boolean;
  /** Successful probes that close its breaker. */
  probes: number;
}

/** Retries with short waits, so that scenarios end. */
export const soon = { maxAttempts: MAX_ATTEMPTS, initialDelayMs: 100, maxDelayMs: 400, jitter: 0 };
export const LEASE_MARGIN_MS = 500;
export const CALL_TIMEOUT_MS = 1_000;
/** Successful probes that close a breaker by default. */
const SUCCESS_THRESHOLD = 3;
const CHANGING_MS = 5;
const FAULTS = fileURLToPath(new URL('faults.mjs', import.meta.url));
const ADMINS = ['ann@platform.example'];

/** Two apis, any number of workers, a private PostgreSQL and Redis, and a receiver that keeps a ledger. */
export class Rig {
  /** Digest of each body that was accepted with a 202, by delivery. */
  readonly accepted = new Map<string, string>();
  apis: Role[] = [];
  private readonly workers: Role[] = [];
  private readonly targets: Target[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'breakwater-ledger-'));
  private next = 0;
  private wakeUps: Promise<OpenWakeUps> | undefined;

  private constructor(
    readonly platform: Platform,
    readonly postgres: PrivatePostgres,
    readonly redis: PrivateRedis | null,
    private readonly smtp: MailServer,
    private readonly broken: Break[],
    private readonly patienceMs: number,
  ) {
    platform.receiver.onCall = (call) =>
      appendFileSync(join(this.folder, 'ledger.ndjson'), `${JSON.stringify(lineOf(call))}\n`);
  }

  /**
   * @param broken mechanisms to disable in every process: a test of one of them then has to fail
   * @param patienceMs longest wait for the end of a delivery, for tests in which it never comes
   */
  static async start({
    backend = 'Redis',
    broken = [],
    env = {},
    patienceMs = Infinity,
  }: {
    backend?: Backend;
    broken?: Break[];
    env?: Record<string, string>;
    patienceMs?: number;
  } = {}): Promise<Rig> {
    const smtp = await startMailServer();
    const [postgres, redis] = await Promise.all([
      PrivatePostgres.start(),
      backend === 'Redis' ? PrivateRedis.start({ persistent: true }) : null,
    ]);
    const platform = await Platform.start({
      backend,
      databaseUrl: postgres.url,
      ...(redis ? { redisUrl: redis.url } : {}),
      env: {
        DELIVERY_LEASE_MARGIN: String(LEASE_MARGIN_MS),
        SMTP_URL: smtp.url,
        ADMIN_EMAILS: ADMINS.join(),
        LOG_LEVEL: 'debug',
        WEBHOOK_METRICS_INTERVAL: '1000',
        ...env,
      },
    });
    const rig = new Rig(platform, postgres, redis, smtp, broken, patienceMs);
    try {
      rig.apis = await Promise.all([rig.api(), rig.api()]);
    } catch (error) {
      await rig.stop();
      throw error;
    }
    return rig;
  }

  async api(faults: Faults = {}): Promise<Role> {
    return this.platform.api(this.faulty(faults));
  }

  async worker(faults: Faults = {}, env: Record<string, string> = {}): Promise<Role> {
    const given = { ...this.faulty(faults), ...env };
    const worker = faults.kill ? await this.platform.doomedWorker(given) : await this.platform.worker(given);
    this.workers.push(worker);
    return worker;
  }

  /** Adds more wake-ups of these deliveries, like a repeated or late one. */
  async wake(ids: string[]): Promise<void> {
    this.wakeUps ??= openWakeUps({
      DATABASE_URL: this.postgres.url,
      QUEUE_PREFIX: this.platform.env['QUEUE_PREFIX']!,
      // One id per job.
      QUEUE_CONCURRENCY: '4',
      ...(this.redis ? { REDIS_URL: this.redis.url } : {}),
    });
    const { queue } = await this.wakeUps;
    await queue.waitUntilReady();
    await queue.add(ids.map((deliveryId) => ({ deliveryId })));
  }

  /** Ends all workers, so that the next scenario starts its own. */
  async noWorkers(): Promise<void> {
    const running = this.workers.splice(0).filter(({ isRunning }) => isRunning);
    await Promise.all(running.map((worker) => worker.kill9()));
  }

  /** Replaces apis that died. */
  async reviveApis(): Promise<void> {
    this.apis = await Promise.all(this.apis.map(async (api) => (api.isRunning ? api : this.api())));
  }

  /** A new app with one async capability and a path of its own; `sync: true` makes it sync, with a static fallback. */
  async capability(behaviour: Behaviour = {}, webhook: Record<string, unknown> = {}): Promise<Target> {
    const name = `c${this.next++}`;
    const { sync, ...rest } = webhook;
    const kind = sync
      ? { fallback: { strategy: 'static', value: 'by the fallback' } }
      : { async: true, timeout: CALL_TIMEOUT_MS, retry: soon };
    const api = this.apis.find(({ isRunning }) => isRunning)!;
    const appId = await this.platform.register(api, { [name]: { ...kind, ...rest } });
    this.platform.receiver.on(`/${name}`, behaviour);
    const { successThreshold = SUCCESS_THRESHOLD } = (rest['circuitBreaker'] ?? {}) as {
      successThreshold?: number;
    };
    const target = { appId, name, path: `/${name}`, sync: Boolean(sync), probes: successThreshold };
    this.targets.push(target);
    return target;
  }

  /** Sends one call to an api, and remembers what was accepted. */
  async invoke(
    { appId, name }: { appId: string; name: string },
    payload: unknown = { n: this.next++ },
    { api = this.anApi(), headers = {} }: { api?: Role; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const text = JSON.stringify(payload);
    const answer = await this.platform
      .client(api)
      .post(`/api/v1/apps/${appId}/capabilities/${name}/invoke`, `{"payload":${text}}`, { headers });
    if (answer.status === 202) this.accepted.set(answer.json.deliveryId as string, digest(text));
    return answer;
  }

  /** @throws Error when it was not accepted */
  async accept(target: { appId: string; name: string }, payload?: unknown): Promise<string> {
    const { status, text, json } = await this.invoke(target, payload);
    if (status !== 202) throw new Error(`not accepted: ${status} ${text}`);
    return json.deliveryId as string;
  }

  /**
   * As if the 15 s had passed after which a wake-up without a claim counts as lost. That they really pass is shown by
   * the scenario in which an api is killed between commit and enqueue.
   */
  async ageWakeUps(appId: string): Promise<string[]> {
    const rows = await this.platform.rows<{ id: string }>(
      `UPDATE deliveries SET enqueued_at = now() - interval '16 s', next_attempt_at = now() - interval '16 s'
       WHERE app_id = $1 AND enqueued_at IS NOT NULL RETURNING id`,
      appId,
    );
    return rows.map(({ id }) => id);
  }

  /** The log lines of all processes about a request. */
  logOf(requestId: string): string {
    const lines = this.platform.roles.flatMap(({ output }) => output.split('\n'));
    return lines.filter((line) => line.includes(requestId)).join('\n');
  }

  callsOf(id: string): ReceivedCall[] {
    return this.platform.receiver.calls.filter(({ headers }) => headers['webhook-id'] === id);
  }

  /** Outcomes of a delivery's attempts, in order. */
  async outcomes(id: string): Promise<string[]> {
    const sql = 'SELECT outcome FROM attempts WHERE delivery_id = $1 ORDER BY number';
    return (await this.platform.rows<{ outcome: string }>(sql, id)).map(({ outcome }) => outcome);
  }

  async statusOf(id: string): Promise<string | undefined> {
    const sql = 'SELECT status FROM deliveries WHERE id = $1';
    return (await this.platform.rows<{ status: string }>(sql, id))[0]?.status;
  }

  async ended(id: string, limitMs = 30_000): Promise<void> {
    const isOver = async (): Promise<boolean> => ![undefined, 'pending'].includes(await this.statusOf(id));
    await eventually(isOver, {
      limitMs: Math.min(limitMs, this.patienceMs),
      everyMs: 50,
      what: `end of ${id}`,
    });
  }

  /**
   * Waits until no accepted delivery waits any more, then returns the broken promises.
   * @param mails whether a process sends mails all the time
   * @param probes whether every process runs all the time: one that stalled uses its memory for up to 5 s more,
   *   and its calls then look like probes
   */
  async verify({ limitMs = 45_000, mails = false, probes = false } = {}): Promise<void> {
    const isIdle = async (): Promise<boolean> => !(await this.platform.counts())['pending'];
    const limits = { limitMs: Math.min(limitMs, this.patienceMs), everyMs: 100 };
    await eventually(isIdle, { ...limits, what: 'end of all deliveries' }).catch(() => undefined);
    const broken = violations(await this.facts({ mails, probes }));
    if (broken.length > 0) {
      throw new Error(`${broken.length} broken promises:\n${broken.slice(0, 20).join('\n')}`);
    }
  }

  async facts({ mails, probes }: { mails: boolean; probes: boolean }): Promise<Facts> {
    const { platform } = this;
    if (mails) await this.mailsAreOut();
    const api = this.apis.find(({ isRunning }) => isRunning);
    const statistics = api && (await platform.client(api).get('/api/v1/admin/queue/statistics')).json;
    // A Message-ID identifies a notification: one that came twice after a crash is one mail.
    const receivedMails = new Set(
      this.smtp.received.flatMap(({ to, mail }) => to.map((each) => `${idOf(mail)} ${each}`)),
    );
    return factsOf({
      rows: (sql, ...values) => platform.rows(sql, ...values),
      accepted: this.accepted,
      calls: platform.receiver.calls,
      syncPaths: new Set(this.targets.filter(({ sync }) => sync).map(({ path }) => path)),
      receivedMails,
      mailRecipients: mails ? [...ADMINS, 'owner@example.com'] : null,
      probesOf: (transitions) => (probes ? this.probesOf(transitions) : []),
      statistics: statistics ?? null,
    });
  }

  async stop(): Promise<void> {
    await (await this.wakeUps)?.close();
    await this.platform.stop();
    await Promise.all([this.postgres.remove(), this.redis?.remove()]);
    await this.smtp.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Calls that the receiver got between a breaker's becoming half-open and its next change. */
  private probesOf(transitions: readonly Transition[]): ProbeFacts[] {
    return transitions
      .filter(({ to }) => to === 'half_open')
      .flatMap(({ breaker, generation, at }) => {
        const target = this.targets.find(({ appId, name }) => `${appId} ${name}` === breaker);
        const next = transitions.find((row) => row.breaker === breaker && row.generation === generation + 1);
        if (!target) return [];
        const fromMs = at.getTime() - performance.timeOrigin;
        // Its row is written after the probe's answer, so calls right after that are ordinary ones.
        const untilMs = next ? next.at.getTime() - performance.timeOrigin - CHANGING_MS : Infinity;
        return this.platform.receiver
          .callsTo(target.path)
          .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
          .map(({ atMs, answeredAtMs }) => ({
            breaker,
            generation,
            startMs: atMs,
            endMs: answeredAtMs ?? null,
            allowed: target.probes,
          }));
      });
  }

  private anApi(): Role {
    const running = this.apis.filter(({ isRunning }) => isRunning);
    return running[this.next++ % running.length]!;
  }

  private async mailsAreOut(): Promise<void> {
    const sql = `SELECT (SELECT count(*) FROM notifications WHERE channel = 'email' AND status = 'pending')
      + (SELECT count(*) FROM circuit_breaker_transitions WHERE notified_at IS NULL) AS waiting`;
    const isOut = async (): Promise<boolean> =>
      Number((await this.platform.rows<{ waiting: string }>(sql))[0]!.waiting) === 0;
    await eventually(isOut, { limitMs: 40_000, everyMs: 100, what: 'all mails sent' });
  }

  private faulty(faults: Faults): Record<string, string> {
    const all = { ...faults, break: [...this.broken, ...(faults.break ?? [])] };
    if (Object.keys(faults).length === 0 && all.break.length === 0) return {};
    return faultyEnv(all);
  }
}

/** Loads the faults into a process. */
export function faultyEnv(faults: Faults): Record<string, string> {
  return { NODE_OPTIONS: `--import ${new URL(`file://${FAULTS}`).href}`, CHAOS: JSON.stringify(faults) };
}

/** The notification of a mail, by its Message-ID. */
function idOf({ messageId }: Email): string | undefined {
  return /^<(.*)@/.exec(messageId ?? '')?.[1];
}
