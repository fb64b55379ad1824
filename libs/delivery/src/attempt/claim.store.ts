import { Injectable } from '@nestjs/common';
import { Config, Database, mayRetryRows, MicroBatcher } from '@breakwater/platform';
import { FairShare, type Caller, type Refused } from './fair-share.js';

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
  /** Whether its endpoint keeps to a rate or an order. */
  paced: boolean;
}

export type ClaimResult =
  | { decision: 'claimed'; claim: Claim }
  /** Its turn comes in so many ms; or somebody else holds its row for a moment. */
  | { decision: 'rate_limited' | 'locked'; deliveryId: string; delayMs: number }
  /** Parked: a finish promotes it, or for `on_hold` whoever resumes or enables its endpoint. */
  | { decision: 'slots_full' | 'behind_head' | 'on_hold' }
  /** Parked, and remembered for {@link ClaimStore.askAgain}: its app has its share of this process. */
  | { decision: 'app_full'; appId: string }
  /** Not due, claimed by another, or over: the wake-up was late or doubled. */
  | { decision: 'nothing' };

interface Row extends Omit<Claim, 'body'> {
  /** One of both, of a claimed one. */
  body: Buffer | null;
  bodyText: string | null;
  decision: 'claimed' | 'rate_limited' | 'locked' | 'slots_full' | 'behind_head' | 'on_hold' | 'app_full';
  delayMs: number | null;
}

/** When a row that was held is asked for again, ms: a statement later. */
const LOCKED_DELAY_MS = 20;

/** A delivery, or whatever an endpoint has waiting. */
type Wanted = { deliveryId: string } | { nextOf: Caller };

// The function decides each claim: prisma/functions/claim_deliveries.sql.
const CLAIM = `
SELECT delivery_id AS "deliveryId", decision, delay_ms AS "delayMs", token, app_id AS "appId",
  endpoint_id AS "endpointId", capability, kind, request_id AS "requestId", body, body_text AS "bodyText",
  content_type AS "contentType", trace_parent AS "traceParent", timeout_ms AS "timeoutMs", attempts + 1 AS attempt,
  attempts_counted AS "attemptsCounted", claims, started_at AS "startedAt", accepted_at AS "acceptedAt", expired, width,
  concurrency, paced
FROM claim_deliveries($1::uuid[], $2::uuid[], $3, $4::uuid[], $5::integer[], $6, $7::varchar[], $8::integer[], $9)`;

@Injectable()
export class ClaimStore {
  private readonly batcher: MicroBatcher<Wanted, ClaimResult>;
  private readonly share: FairShare;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {
    this.share = new FairShare(config.queue.concurrency, () => performance.now());
    const limits = { maxRows: config.batching.maxRows, maxInFlight: 1 };
    this.batcher = new MicroBatcher((all) => this.claimAll(all), limits, { mayRetryRows });
  }

  /** Claims a delivery's next attempt if it is due and its endpoint has room, also in this process. */
  async claim(deliveryId: string): Promise<ClaimResult> {
    return this.batcher.add({ deliveryId });
  }

  /** Claims the next due delivery that is parked for an endpoint without rate or order, if a call more fits. */
  async claimNext(nextOf: Caller): Promise<ClaimResult> {
    return this.batcher.add({ nextOf });
  }

  /** Its call is over: others may take its room in this process. */
  callEnded(claim: Claim): void {
    this.share.gaveBack(claim, claim.token);
  }

  /** Endpoints whose claims were refused for their app's share, and that fit now. Each is to be {@link answered}. */
  askAgain(appId: string): Refused[] {
    return this.share.askAgain(appId);
  }

  answered(appId: string): void {
    this.share.answered(appId);
  }

  private async claimAll(all: Wanted[]): Promise<ClaimResult[]> {
    const wanted = new Set(all.flatMap((one) => ('deliveryId' in one ? [one.deliveryId] : [])));
    const { endpoints, apps } = this.share.rooms();
    const rows = await this.database.query<Row>({ name: 'claim', text: CLAIM }, [
      [...wanted],
      all.flatMap((one) => ('nextOf' in one ? [one.nextOf.endpointId] : [])),
      this.config.delivery.leaseMarginMs,
      endpoints.ids,
      endpoints.rooms,
      endpoints.others,
      apps.ids,
      apps.rooms,
      apps.others,
    ]);
    for (const row of rows) {
      if (row.decision === 'claimed') this.share.took(row, row.token);
      if (row.decision === 'app_full') this.share.refused(row);
    }
    const taken = Map.groupBy(
      rows.filter(({ decision }) => decision === 'claimed'),
      ({ appId }) => appId,
    );
    const isFull = (appId: string): boolean =>
      (taken.get(appId)?.length ?? 0) >= (apps.rooms[apps.ids.indexOf(appId)] ?? apps.others);
    const byId = new Map(rows.map((row) => [row.deliveryId, row]));
    const nextOf = Map.groupBy(
      rows.filter(({ deliveryId }) => !wanted.has(deliveryId)),
      ({ endpointId }) => endpointId,
    );
    return all.map((one) => {
      if ('nextOf' in one) {
        const next = nextOf.get(one.nextOf.endpointId)?.shift();
        if (next || !isFull(one.nextOf.appId)) return resultOf(next);
        // Something may wait for it: what is not given out of a backlog is not told of.
        this.share.refused({ ...one.nextOf, paced: false });
        return { decision: 'app_full', appId: one.nextOf.appId };
      }
      const row = byId.get(one.deliveryId);
      byId.delete(one.deliveryId); // of a doubled wake-up in one batch, one gets the claim
      return resultOf(row);
    });
  }
}

function resultOf(row: Row | undefined): ClaimResult {
  if (!row) return { decision: 'nothing' };
  const { decision, delayMs, body, bodyText, ...claim } = row;
  switch (decision) {
    case 'claimed':
      return { decision, claim: { ...claim, body: body ?? Buffer.from(bodyText ?? '') } };
    case 'rate_limited':
      return { decision, deliveryId: claim.deliveryId, delayMs: delayMs ?? 0 };
    case 'locked':
      return { decision, deliveryId: claim.deliveryId, delayMs: LOCKED_DELAY_MS };
    case 'app_full':
      return { decision, appId: claim.appId };
    default:
      return { decision };
  }
}
