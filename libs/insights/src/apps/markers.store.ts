import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** A change that a chart marks. */
export interface Marker {
  at: Date;
  kind: 'manifest' | 'breaker';
  /** Of a breaker. */
  capability: string | null;
  /** Of a manifest. */
  version: number | null;
  /** States of a breaker. */
  from: string | null;
  to: string | null;
  /** Why a breaker changed: automatic, manual, … */
  cause: string | null;
  actor: string | null;
}

/** More than a chart can show. */
const MOST = 200;

// Indexes: manifest_versions_pkey, circuit_breaker_transitions_key_idx.
const WITHIN = `
SELECT * FROM (
  (SELECT created_at AS at, 'manifest' AS kind, NULL AS capability, version, NULL AS "from", NULL AS "to", NULL AS cause,
    created_by AS actor
  FROM manifest_versions WHERE app_id = $1 AND created_at >= $3 AND created_at < $4
  ORDER BY version DESC LIMIT ${MOST})
  UNION ALL
  (SELECT at, 'breaker', capability, NULL, from_state, to_state, cause, actor FROM circuit_breaker_transitions
  WHERE app_id = $1 AND ($2::text IS NULL OR capability = $2) AND at >= $3 AND at < $4
  ORDER BY id DESC LIMIT ${MOST})
) AS m ORDER BY m.at, m.kind, m.capability, m.version`;

@Injectable()
export class MarkersStore {
  constructor(private readonly database: Database) {}

  /** Of one app, which the caller may see; the latest of each kind, oldest first. */
  async within(
    appId: string,
    capability: string | null,
    { from, to }: { from: Date; to: Date },
  ): Promise<Marker[]> {
    return this.database.query<Marker>({ text: WITHIN }, [appId, capability, from, to]);
  }
}
