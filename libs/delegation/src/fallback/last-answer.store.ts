import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** An app and one of its capabilities. */
export interface AnswerKey {
  appId: string;
  capability: string;
}

// Index: last_answers_pkey
const FIND = `
SELECT data, extract(epoch FROM now() - answered_at)::float8 * 1000 AS "ageMs" FROM last_answers
WHERE app_id = $1 AND capability = $2`;

const KEEP = `
INSERT INTO last_answers AS l (app_id, capability, data, answered_at) VALUES ($1, $2, $3, now())
ON CONFLICT (app_id, capability) DO UPDATE SET data = EXCLUDED.data, answered_at = EXCLUDED.answered_at`;

@Injectable()
export class LastAnswerStore {
  constructor(private readonly database: Database) {}

  async find({ appId, capability }: AnswerKey): Promise<{ data: Buffer; ageMs: number } | null> {
    const statement = { name: 'last_answer', text: FIND };
    const [row] = await this.database.query<{ data: Buffer; ageMs: number }>(statement, [appId, capability]);
    return row ?? null;
  }

  async keep({ appId, capability }: AnswerKey, json: Buffer): Promise<void> {
    await this.database.query({ name: 'keep_answer', text: KEEP }, [appId, capability, json]);
  }
}
