import { randomUUID } from 'node:crypto';
import type { HttpClient } from '../support/http.js';

/** One answer to one request; times are of `performance.now()`. */
export interface Answered {
  sentAtMs: number;
  afterMs: number;
  status: number;
  retryAfter: boolean;
  /** The delivery of a 202. */
  deliveryId: string | undefined;
  /** State of each part in readyz. */
  details: Record<string, { status: string }> | undefined;
}

const LIMIT_MS = 30_000;
const PAUSE_MS = 60;

/** An answer of readyz. */
export interface Probed extends Answered {
  /** Time of healthz, which waits for nothing, at the same moment: the machine's part. */
  machineMs: number;
}

/** Callers that retry each call with its Idempotency-Key until it is accepted, and a probe of readyz. */
export class Traffic {
  readonly accepts: Answered[] = [];
  readonly probes: Probed[] = [];
  /** Each key with all ids in its answers. */
  readonly ids = new Map<string, Set<string>>();
  private going = true;
  private readonly lanes: Promise<void>[];

  constructor(
    private readonly client: HttpClient,
    private readonly appId: string,
    callers = 3,
  ) {
    this.lanes = [...Array.from({ length: callers }, () => this.call()), this.probe()];
  }

  /** Resolves when every call that was begun is accepted. */
  async stop(): Promise<void> {
    this.going = false;
    await Promise.all(this.lanes);
  }

  private async call(): Promise<void> {
    while (this.going) {
      const key = randomUUID();
      for (;;) {
        const answer = await this.ask(() =>
          this.client.invoke(
            this.appId,
            'report',
            { key },
            {},
            {
              headers: { 'idempotency-key': key },
              limitMs: LIMIT_MS,
            },
          ),
        );
        this.accepts.push(answer);
        if (answer.deliveryId !== undefined) {
          this.ids.set(key, (this.ids.get(key) ?? new Set()).add(answer.deliveryId));
          break;
        }
        await pause();
      }
      await pause();
    }
  }

  private async probe(): Promise<void> {
    while (this.going) {
      const [ready, health] = await Promise.all(
        ['/readyz', '/healthz'].map((path) => this.ask(() => this.client.get(path, { limitMs: LIMIT_MS }))),
      );
      this.probes.push({ ...ready!, machineMs: health!.afterMs });
      await pause();
    }
  }

  private async ask(send: () => ReturnType<HttpClient['get']>): Promise<Answered> {
    const sentAtMs = performance.now();
    const { status, headers, json } = await send();
    return {
      sentAtMs,
      afterMs: performance.now() - sentAtMs,
      status,
      retryAfter: headers['retry-after'] !== undefined,
      deliveryId: status === 202 ? (json.deliveryId as string) : undefined,
      details: json?.details,
    };
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
