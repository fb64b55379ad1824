import { Injectable, Logger, Optional, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { connectionTo } from '../database/connection.js';
import { SessionClient } from '../database/session-client.service.js';
import { GOODBYE_MS, within } from '../lifecycle/within.io.js';
import { Database } from '../database/database.service.js';
import { AS_SERVICE } from '../database/service-pool.service.js';
import { SaidLately } from '../logging/said-lately.js';

/** `payload` names what changed; null means that hints may have been lost: read everything again. */
export type HintHandler = (payload: string | null) => void;

export interface HintOptions {
  /** How often the connection is checked, and the longest wait for any of its answers, ms. */
  heartbeatMs: number;
}

/** From the loss of a connection to the next attempt, ms. */
const CONNECTS_AGAIN_MS = 500;
/** The same trouble is logged once in this time, ms. */
const SAID_EVERY_MS = 30_000;
/** pg's message when an answer is late. */
const LATE = 'Query read timeout';

// A standby answers, but sends no notifications. Behind a pooler the answer may come from a session that listens to
// nothing.
const ASK = 'SELECT pg_is_in_recovery() AS "isStandby", ARRAY(SELECT pg_listening_channels()) AS channels';

interface Hearing {
  client: pg.Client;
  /** Channels that the server has confirmed. */
  channels: Set<string>;
}

/**
 * Sends hints between processes by LISTEN/NOTIFY on one connection of its own. A hint only shortens a wait: every
 * listener also reads its rows again at least every 5 s. The connection is checked at each heartbeat, and replaced
 * when it is closed, does not answer, does not listen or is on a standby.
 * @see docs/adr/0009-hints-by-listen-notify.md
 */
@Injectable()
export class HintBus implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(HintBus.name);
  private readonly handlers = new Map<string, Set<HintHandler>>();
  private readonly said = new SaidLately(SAID_EVERY_MS);
  private readonly heartbeatMs: number;
  /** A connection that receives hints, as far as known. */
  private hearing: Hearing | undefined;
  private connecting: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private trouble = 'not connected yet';
  private isTroubleLogged = false;
  private closed = false;

  constructor(
    private readonly database: Database,
    @Optional() { heartbeatMs }: HintOptions = { heartbeatMs: 2_000 },
  ) {
    this.heartbeatMs = heartbeatMs;
  }

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async publish(channel: string, payload: string): Promise<void> {
    await this.database.pool.query('SELECT pg_notify($1, $2)', [channel, payload]);
  }

  subscribe(channel: string, handler: HintHandler): () => void {
    const handlers = this.handlers.get(channel) ?? new Set();
    handlers.add(handler);
    if (!this.handlers.has(channel)) {
      this.handlers.set(channel, handlers);
      const { hearing } = this;
      if (hearing) this.listen(hearing, channel).catch((error: Error) => this.lose(hearing.client, error));
    }
    return () => handlers.delete(handler);
  }

  /** Whether hints arrive. */
  get connected(): boolean {
    return this.hearing !== undefined;
  }

  /** Why no hints arrive, or null. */
  get away(): string | null {
    return this.hearing ? null : this.trouble;
  }

  private async connect(): Promise<void> {
    const client = new SessionClient({
      ...connectionTo(this.database.sessionUrl, AS_SERVICE),
      application_name: 'breakwater-hints',
      connectionTimeoutMillis: this.heartbeatMs,
      query_timeout: this.heartbeatMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: this.heartbeatMs,
    });
    this.connecting = client;
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client, new Error('the server closed the connection')));
    client.on('notification', ({ channel, payload }) => this.deliver(channel, payload ?? ''));
    try {
      await client.connect();
      const hearing: Hearing = { client, channels: new Set() };
      await this.ask(hearing);
      // This loop also finds channels that are subscribed meanwhile.
      for (const channel of this.handlers.keys()) await this.listen(hearing, channel);
      if (this.connecting !== client) return;
      this.connecting = undefined;
      this.hearing = hearing;
    } catch (error) {
      return this.lose(client, error as Error);
    }
    if (this.isTroubleLogged) this.log.log('hints from other processes arrive again');
    this.isTroubleLogged = false;
    for (const channel of this.handlers.keys()) this.deliver(channel, null);
    this.beatSoon(this.hearing);
  }

  private async listen({ client, channels }: Hearing, channel: string): Promise<void> {
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    channels.add(channel);
  }

  private beatSoon(hearing: Hearing): void {
    this.timer = setTimeout(() => void this.beat(hearing), this.heartbeatMs);
  }

  private async beat(hearing: Hearing): Promise<void> {
    try {
      await this.ask(hearing);
      if (this.hearing === hearing && !this.closed) this.beatSoon(hearing);
    } catch (error) {
      this.lose(hearing.client, error as Error);
    }
  }

  /** @throws Error when the connection does not answer in time, or would receive no hints */
  private async ask({ client, channels }: Hearing): Promise<void> {
    const expected = [...channels];
    const { rows } = await client.query<{ isStandby: boolean; channels: string[] }>(ASK);
    const answer = rows[0]!;
    if (answer.isStandby) throw new Error('the server is a standby, which sends no notifications');
    const missing = expected.filter((channel) => !answer.channels.includes(channel));
    if (missing.length > 0) throw new Error(`the session no longer listens to ${missing.join(', ')}`);
  }

  private lose(client: pg.Client, error: Error): void {
    const wasUsed = this.connecting === client || this.hearing?.client === client;
    if (!wasUsed) return;
    this.connecting = undefined;
    this.hearing = undefined;
    clearTimeout(this.timer);
    this.trouble = error.message === LATE ? `no answer within ${this.heartbeatMs} ms` : error.message;
    dispose(client);
    if (this.closed) return;
    if (this.said.isDue(this.trouble, performance.now())) {
      this.log.warn(`no hints from other processes, trying again: ${this.trouble}`);
      this.isTroubleLogged = true;
    }
    this.timer = setTimeout(() => {
      if (!this.closed) void this.connect();
    }, CONNECTS_AGAIN_MS);
  }

  private deliver(channel: string, payload: string | null): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const client = this.hearing?.client ?? this.connecting;
    if (client && !(await within(client.end(), GOODBYE_MS))) dispose(client);
  }
}

/** Closes the socket at once: the server of this connection may never answer. */
function dispose(client: pg.Client): void {
  client.removeAllListeners();
  client.on('error', () => undefined);
  client.end().catch(() => undefined);
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
}
