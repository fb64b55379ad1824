import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { connectionTo } from '../database/connection.js';
import { GOODBYE_MS, within } from '../lifecycle/within.service.js';
import { AS_SERVICE, Database } from '../database/database.service.js';

/** `payload` names what changed; null says that hints may have been missed: read everything again. */
export type HintHandler = (payload: string | null) => void;

/**
 * Pushes between processes by LISTEN/NOTIFY on one connection of its own. A hint only shortens a wait: whoever listens
 * also reads the truth again at least every 5 s.
 */
@Injectable()
export class HintBus implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(HintBus.name);
  private readonly handlers = new Map<string, Set<HintHandler>>();
  private client: pg.Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly database: Database) {}

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
      void this.listen(channel);
    }
    return () => handlers.delete(handler);
  }

  get connected(): boolean {
    return this.client !== undefined;
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      ...connectionTo(this.database.options.url, AS_SERVICE),
      application_name: 'breakwater-hints',
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    const lost = (): void => this.lose(client);
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ channel, payload }) => this.deliver(channel, payload ?? ''));
    try {
      await client.connect();
      this.client = client;
      for (const channel of this.handlers.keys()) await this.listen(channel);
      for (const channel of this.handlers.keys()) this.deliver(channel, null);
    } catch (error) {
      this.log.warn(`hints are off, trying again: ${(error as Error).message}`);
      lost();
    }
  }

  private async listen(channel: string): Promise<void> {
    await this.client?.query(`LISTEN ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
  }

  private lose(client: pg.Client): void {
    if (this.client === client) this.client = undefined;
    if (this.closed || this.reconnect || this.client) return;
    client.removeAllListeners();
    client.on('error', () => undefined);
    void client.end().catch(() => undefined);
    this.reconnect = setTimeout(() => {
      this.reconnect = undefined;
      if (!this.closed) void this.connect();
    }, 500);
  }

  private deliver(channel: string, payload: string | null): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    if (this.client) await within(this.client.end(), GOODBYE_MS);
  }
}
