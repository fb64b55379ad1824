/** How one call is answered; null: never. */
export type Answer = { status: number; body: unknown; afterMs?: number } | null;

/** A delivery: its webhook-id is the same in all attempts. */
export interface Call {
  webhookId: string;
}

const FLAKY_FAILURES = 2;
const REMEMBERED = 10_000;

const good = (data: object): Answer => ({ status: 200, body: { success: true, data } });
const bad = (status: number, error: string): Answer => ({ status, body: { success: false, error } });

/** What a person can repair, and break again. */
const REPAIRABLE = ['failing', 'broken', 'stock'];

/** The ways in which apps misbehave, one per path. */
export class Behaviours {
  private readonly healthy = new Set<string>();
  private readonly tries = new Map<string, number>();

  private readonly byPath: Record<string, (call: Call) => Answer> = {
    '/quiz_answer': () => good({ answer: 42 }),
    '/report': () => good({ report: 'ready' }),
    '/slow': () => ({ status: 200, body: { success: true, data: { answer: 42 } }, afterMs: 5000 }),
    '/hang': () => null,
    '/winner_selection': () => null,
    '/failing': () => (this.healthy.has('failing') ? good({ answer: 42 }) : bad(500, 'failing on purpose')),
    '/broken': () => (this.healthy.has('broken') ? good({}) : bad(400, 'no such room')),
    '/ledger': () => good({}),
    '/mailer': () => good({}),
    '/pushes': () => good({}),
    '/stock': () => (this.healthy.has('stock') ? good({}) : bad(503, 'out of order')),
    '/flaky': ({ webhookId }) =>
      this.countTry(webhookId) > FLAKY_FAILURES ? good({}) : bad(503, 'try again'),
  };

  has(path: string): boolean {
    return Object.hasOwn(this.byPath, path);
  }

  answer(path: string, call: Call): Answer {
    return this.byPath[path]?.(call) ?? null;
  }

  /** Repairs or breaks what a person can repair; false for any other name. */
  set(name: string, isHealthy: boolean): boolean {
    if (!REPAIRABLE.includes(name)) return false;
    if (isHealthy) this.healthy.add(name);
    else this.healthy.delete(name);
    return true;
  }

  private countTry(webhookId: string): number {
    const count = (this.tries.get(webhookId) ?? 0) + 1;
    this.tries.set(webhookId, count);
    if (this.tries.size > REMEMBERED) this.tries.delete(this.tries.keys().next().value!);
    return count;
  }
}
