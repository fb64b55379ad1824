import { randomUUID } from 'node:crypto';
import { eventually } from '@breakwater/testing/eventually.js';
import { digest } from '../chaos/facts.js';
import { APIS, otherOf, type Api, type Rig } from './rig.js';

/** One request, and what came of it. Times are of `performance.now()`. */
export interface Try {
  api: Api;
  sentAtMs: number;
  afterMs: number;
  /** 0 when there was no answer. */
  status: number;
}

const ANSWER_LIMIT_MS = 15_000;
const PAUSE_MS = 100;
/** More calls without an answer than this are not begun: then the machine, and not the product, would be tested. */
const MOST_WAITING = 300;

/**
 * A caller that sends calls at an even rate, by turns to both apis, and repeats each with its Idempotency-Key at the
 * other api until it is accepted.
 */
export class Calls {
  readonly tries: Try[] = [];
  /** Each key with all ids in its answers. */
  readonly ids = new Map<string, Set<string>>();
  /** When a delivery was accepted. */
  readonly acceptedAtMs = new Map<string, number>();
  private readonly waiting = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private sent = 0;
  private isGoing = true;

  constructor(
    private readonly rig: Rig,
    private readonly appId: string,
    private readonly capability: string,
    perSecond: number,
  ) {
    this.timer = setInterval(() => this.begin(), 1_000 / perSecond);
  }

  /** Begins no more calls. */
  stop(): void {
    clearInterval(this.timer);
  }

  /** Resolves when every call that was begun is accepted. */
  async finish(limitMs: number): Promise<void> {
    this.stop();
    const areAccepted = (): boolean => this.waiting.size === 0;
    await eventually(areAccepted, { limitMs, what: 'every call is accepted' }).finally(
      () => (this.isGoing = false),
    );
  }

  /** From this moment until every api accepts calls and none is refused any more, ms. */
  answeringAfterMs(fromMs: number): number {
    const after = APIS.map((name) => {
      const own = this.tries.filter(({ api }) => api === name);
      const refused = own.filter(({ status }) => status !== 202).map(({ sentAtMs }) => sentAtMs);
      const accepted = own.filter(({ status, sentAtMs }) => status === 202 && sentAtMs > fromMs);
      const firstMs = Math.min(...accepted.map(({ sentAtMs, afterMs }) => sentAtMs + afterMs));
      return Math.max(firstMs, ...refused) - fromMs;
    });
    return Math.max(...after);
  }

  private begin(): void {
    if (this.waiting.size >= MOST_WAITING) return;
    const call = this.untilAccepted(APIS[this.sent++ % APIS.length]!).finally(() =>
      this.waiting.delete(call),
    );
    this.waiting.add(call);
  }

  private async untilAccepted(first: Api): Promise<void> {
    const key = randomUUID();
    const text = JSON.stringify({ key });
    for (let api = first; this.isGoing; api = otherOf(APIS, api)) {
      const sentAtMs = performance.now();
      const path = `/api/v1/apps/${this.appId}/capabilities/${this.capability}/invoke`;
      const options = { headers: { 'idempotency-key': key }, limitMs: ANSWER_LIMIT_MS };
      const answer = await this.rig
        .client(api)
        .post(path, `{"payload":${text}}`, options)
        .catch((error: unknown) => {
          if (String(error).includes('docs/openapi.json')) throw error;
          return null;
        });
      const endMs = performance.now();
      this.tries.push({ api, sentAtMs, afterMs: endMs - sentAtMs, status: answer?.status ?? 0 });
      if (answer?.status === 202) {
        const id = answer.json.deliveryId as string;
        this.rig.accepted.set(id, digest(text));
        this.ids.set(key, (this.ids.get(key) ?? new Set()).add(id));
        this.acceptedAtMs.set(id, endMs);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
