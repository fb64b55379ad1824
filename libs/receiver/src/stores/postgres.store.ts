import type { Store } from './store.js';

/** Of `pg`, a pool or a client. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

export interface PostgresStore extends Store {
  /** Creates the table if it does not exist. */
  setup(): Promise<void>;
  /** Deletes what is no longer kept: call it once a day. */
  clean(): Promise<void>;
}

const SETUP = `
CREATE TABLE IF NOT EXISTS handled_webhooks (
  id text PRIMARY KEY,
  token text NOT NULL,
  answer text,
  until timestamptz NOT NULL
)`;

const CLAIM = `
INSERT INTO handled_webhooks (id, token, until)
VALUES ($1, $2, now() + $3 * interval '1 ms')
ON CONFLICT (id) DO UPDATE SET token = excluded.token, answer = NULL, until = excluded.until
WHERE handled_webhooks.until <= now()
RETURNING id`;

const FINISH = `
INSERT INTO handled_webhooks (id, token, answer, until)
VALUES ($1, '', $2, now() + $3 * interval '1 ms')
ON CONFLICT (id) DO UPDATE SET token = '', answer = excluded.answer, until = excluded.until`;

/** In the table `handled_webhooks`. The time is that of the database. */
export function postgresStore(client: PostgresClient): PostgresStore {
  return {
    async setup() {
      await client.query(SETUP);
    },
    async claim(id, token, leaseMs) {
      const claimed = await client.query(CLAIM, [id, token, leaseMs]);
      if (claimed.rows.length > 0) return { state: 'new' };
      const known = await client.query('SELECT answer FROM handled_webhooks WHERE id = $1', [id]);
      const answer = known.rows[0]?.['answer'];
      return typeof answer === 'string' ? { state: 'done', answer } : { state: 'running' };
    },
    async finish(id, answer, keepMs) {
      await client.query(FINISH, [id, answer, keepMs]);
    },
    async forget(id, token) {
      await client.query('DELETE FROM handled_webhooks WHERE id = $1 AND token = $2', [id, token]);
    },
    async clean() {
      await client.query('DELETE FROM handled_webhooks WHERE until <= now()');
    },
  };
}
