import { Injectable } from '@nestjs/common';
import { Config, Database, mayRetryRows, MicroBatcher } from '@breakwater/platform';
import type { CapturedRequest } from '../events/capture.js';
import { EventBodies } from '../events/event-bodies.service.js';
import { FairShare, type Caller, type Refused } from './fair-share.js';

/** A worker's right to make the next attempt of a delivery. It expires (lease), and its token fences it. */
export interface Claim {
  deliveryId: string;
  token: string;
  appId: string;
  endpointId: string;
  capability: string;
  kind: 'invocation' | 'event';
  /** The event it is of, which has its body; null: it has a body of its own. */
  eventId: string | null;
  /** Of a call its capability. */
  eventType: string;
  requestId: string;
  /** Null where its event is no longer stored. */
  body: Buffer | null;
  /** Of a captured event: the request, without its body. */
  request: CapturedRequest | null;
  contentType: string;
  /** W3C traceparent of the accepted request; null while tracing was off. */
  traceParent: string | null;
  timeoutMs: number;
  /** Number of this claim's attempt, 1 or more. */
  attempt: number;
  /** Attempts so far that count against the budget. */
  attemptsCounted: number;
  /** Claims so far, this one included. */
  claims: number;
  /** When it was claimed, by the database's clock. */
  startedAt: Date;
  acceptedAt: Date;
  /** Whether it has waited longer than DELIVERY_MAX_AGE allows for an open breaker. */
  expired: boolean;
  /** Calls allowed at once now, and at most. */
  width: number;
  concurrency: number;
  /** Whether its endpoint has a rate limit or an order. */
  paced: boolean;
  /** The URL to call, of a replay to another URL; null: that of its endpoint. */
  targetUrl: string | null;
}

export type ClaimResult =
  | { decision: 'claimed'; claim: Claim }
  /** Claimed, but the body of its event could not be read: the claim is to be given back. */
  | { decision: 'unread'; claim: Claim; error: Error }
  /** It can be claimed after `delayMs`, or its row is locked for a moment. */
  | { decision: 'rate_limited' | 'locked'; deliveryId: string; delayMs: number }
  /** Parked: a finish promotes it, or for `on_hold` the resume or enabling of its endpoint. */
  | { decision: 'slots_full' | 'behind_head' | 'on_hold' }
  /** Parked, and remembered for {@link ClaimStore.askAgain}: its app has reached its share of this process. */
  | { decision: 'app_full'; appId: string }
  /** Not due, claimed by another process, or finished: the wake-up was late or repeated. */
  | { decision: 'nothing' };

interface Row extends Omit<Claim, 'body' | 'request'> {
  /** A claimed row has exactly one of the two. */
  body: Buffer | null;
  bodyText: string | null;
  decision: 'claimed' | 'rate_limited' | 'locked' | 'slots_full' | 'behind_head' | 'on_hold' | 'app_full';
  delayMs: number | null;
}

/** Delay before asking again for a row that was locked, ms: about one statement. */
const LOCKED_DELAY_MS = 20;

/** A certain delivery, or the next one that is parked for an endpoint. */
type Wanted = { deliveryId: string } | { nextOf: Caller };

// The decision is made by prisma/functions/claim_deliveries.sql.
const CLAIM = `
SELECT delivery_id AS "deliveryId", decision, delay_ms AS "delayMs", token, app_id AS "appId",
  endpoint_id AS "endpointId", capability, kind, event_id AS "eventId",
  COALESCE(event_type, capability) AS "eventType", request_id AS "requestId", body, body_text AS "bodyText",
  content_type AS "contentType", trace_parent AS "traceParent", timeout_ms AS "timeoutMs", attempts + 1 AS attempt,
  attempts_counted AS "attemptsCounted", claims, started_at AS "startedAt", accepted_at AS "acceptedAt", expired, width,
  concurrency, paced, target_url AS "targetUrl"
FROM claim_deliveries($1::uuid[], $2::uuid[], $3, $4::uuid[], $5::integer[], $6, $7::varchar[], $8::integer[], $9)`;

@Injectable()
export class ClaimStore {
  private readonly batcher: MicroBatcher<Wanted, ClaimResult>;
  private readonly share: FairShare;

  constructor(
    private readonly database: Database,
    private readonly bodies: EventBodies,
    private readonly config: Config,
  ) {
    this.share = new FairShare(config.queue.concurrency, () => performance.now());
    const limits = { maxRows: config.batching.maxRows, maxInFlight: 1 };
    this.batcher = new MicroBatcher((all) => this.claimAll(all), limits, { mayRetryRows });
  }

  /**
   * Claims a delivery's next attempt if it is due and its endpoint has free capacity, also in this process.
   */
  async claim(deliveryId: string): Promise<ClaimResult> {
    return this.withBody(await this.batcher.add({ deliveryId }));
  }

  /**
   * Claims the next due delivery that is parked for an endpoint without rate or order, if one more call fits.
   */
  async claimNext(nextOf: Caller): Promise<ClaimResult> {
    return this.withBody(await this.batcher.add({ nextOf }));
  }

  /** The call is over: its capacity in this process is free for others. */
  callEnded(claim: Claim): void {
    this.share.gaveBack(claim, claim.token);
  }

  /**
   * Endpoints that were refused because of their app's share and that fit now. Call {@link answered} for
   * each.
   */
  askAgain(appId: string): Refused[] {
    return this.share.askAgain(appId);
  }

  answered(appId: string): void {
    this.share.answered(appId);
  }

  /** An event's body is read once in this process, and by those only who wait for it. */
  private async withBody(result: ClaimResult): Promise<ClaimResult> {
    if (result.decision !== 'claimed' || result.claim.eventId === null) return result;
    const { claim } = result;
    try {
      const { body = null, request = null } = (await this.bodies.of(result.claim.eventId)) ?? {};
      return { decision: 'claimed', claim: { ...claim, body, request } };
    } catch (error) {
      return { decision: 'unread', claim, error: error as Error };
    }
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
        // Something may be waiting for this endpoint: a claim from a backlog does not report what it leaves
        // behind.
        this.share.refused({ ...one.nextOf, paced: false });
        return { decision: 'app_full', appId: one.nextOf.appId };
      }
      const row = byId.get(one.deliveryId);
      byId.delete(one.deliveryId); // If a wake-up is in the batch twice, only one of them gets the claim.
      return resultOf(row);
    });
  }
}

function resultOf(row: Row | undefined): ClaimResult {
  if (!row) return { decision: 'nothing' };
  const { decision, delayMs, body, bodyText, ...claim } = row;
  switch (decision) {
    case 'claimed':
      return { decision, claim: { ...claim, body: body ?? Buffer.from(bodyText ?? ''), request: null } };
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
