import { Injectable } from '@nestjs/common';
import { Config, Database, MicroBatcher, newId } from '@breakwater/platform';
import { FairShare } from './fair-share.js';

/** A worker's leased, fenced right to make the next attempt of a delivery. */
export interface Claim {
  deliveryId: string;
  token: string;
  appId: string;
  endpointId: string;
  capability: string;
  kind: 'invocation' | 'event';
  requestId: string;
  body: Buffer;
  contentType: string;
  /** W3C traceparent of what accepted it; null while tracing was off. */
  traceParent: string | null;
  timeoutMs: number;
  /** Number of the attempt this claim is for, 1 or more. */
  attempt: number;
  /** Attempts so far that cost budget. */
  attemptsCounted: number;
  /** Claims so far, this one included. */
  claims: number;
  /** When it was claimed, by the database's clock. */
  startedAt: Date;
  acceptedAt: Date;
  /** Whether it waited longer than an open breaker is waited for. */
  expired: boolean;
  /** Calls now allowed at once, and at most. */
  width: number;
  concurrency: number;
}

export type ClaimResult =
  | { decision: 'claimed'; claim: Claim }
  /** Its turn comes in so many ms. */
  | { decision: 'rate_limited'; delayMs: number }
  /** Parked: a finish promotes it. */
  | { decision: 'slots_full' | 'behind_head' }
  /** Not due, claimed by another, or over: the wake-up was late or doubled. */
  | { decision: 'nothing' };

interface Row extends Claim {
  decision: 'claimed' | 'rate_limited' | 'slots_full' | 'behind_head';
  delayMs: number | null;
}

// The function is in the migration fair_share. This statement reads rows as they were before it ran, so what the function
// changes, or another worker may just have changed, comes from the function; the rest of a row never changes.
const CLAIM = `
SELECT c.delivery_id AS "deliveryId", c.decision,
  extract(epoch FROM c.until - clock_timestamp())::float8 * 1000 AS "delayMs",
  d.app_id AS "appId", d.endpoint_id AS "endpointId", d.capability, d.kind, d.request_id AS "requestId", d.body,
  d.content_type AS "contentType", d.trace_parent AS "traceParent", d.timeout_ms AS "timeoutMs", c.attempts_made + 1 AS attempt,
  c.attempts_that_count AS "attemptsCounted", c.claims_taken AS claims, c.started_at AS "startedAt",
  d.created_at AS "acceptedAt", d.expires_at <= now() AS expired, e.width, e.concurrency
FROM claim_deliveries($1::uuid[], $2::uuid[], $3, $4::uuid[], $5::integer[], $6) c
-- OFFSET 0: looked up row by row. Joined freely they are scanned whole, which is cheap only while they are empty.
CROSS JOIN LATERAL (SELECT * FROM deliveries WHERE id = c.delivery_id OFFSET 0) d
CROSS JOIN LATERAL (SELECT width, concurrency FROM endpoints WHERE id = d.endpoint_id OFFSET 0) e`;

@Injectable()
export class ClaimStore {
  private readonly batcher: MicroBatcher<string, ClaimResult>;
  private readonly share: FairShare;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {
    this.share = new FairShare(config.queue.concurrency, () => performance.now());
    this.batcher = new MicroBatcher((ids) => this.claimAll(ids), {
      maxRows: config.batching.maxRows,
      maxInFlight: 1,
    });
  }

  /** Claims a delivery's next attempt if it is due and its endpoint has room, also in this process. */
  async claim(deliveryId: string): Promise<ClaimResult> {
    return this.batcher.add(deliveryId);
  }

  /** Its call is over: others may take its room in this process. */
  callEnded({ endpointId, token }: Claim): void {
    this.share.gaveBack(endpointId, token);
  }

  private async claimAll(ids: string[]): Promise<ClaimResult[]> {
    const wanted = [...new Set(ids)];
    const tokens = wanted.map(() => newId());
    const { endpointIds, rooms, others } = this.share.rooms();
    const rows = await this.database.query<Row>({ name: 'claim', text: CLAIM }, [
      wanted,
      tokens,
      this.config.delivery.leaseMarginMs,
      endpointIds,
      rooms,
      others,
    ]);
    const byId = new Map(rows.map((row) => [row.deliveryId, row]));
    const tokenOf = new Map(wanted.map((id, index) => [id, tokens[index]!]));
    for (const { decision, deliveryId, endpointId } of rows) {
      if (decision === 'claimed') this.share.took(endpointId, tokenOf.get(deliveryId)!);
    }
    return ids.map((id) => {
      const row = byId.get(id);
      byId.delete(id); // of a doubled wake-up in one batch, one gets the claim
      return row ? resultOf(row, tokenOf.get(id)!) : { decision: 'nothing' };
    });
  }
}

function resultOf({ decision, delayMs, ...claim }: Row, token: string): ClaimResult {
  switch (decision) {
    case 'claimed':
      return { decision, claim: { ...claim, token } };
    case 'rate_limited':
      return { decision, delayMs: delayMs ?? 0 };
    default:
      return { decision };
  }
}
