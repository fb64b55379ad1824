import { Injectable } from '@nestjs/common';
import { HintBus, newId, TestJobs } from '@breakwater/platform';
import { newsOf, TEST_CALL_CHANNEL, type News } from './news.js';

type Taken = Extract<News, { kind: 'taken' }>;
type Ended = Extract<News, { kind: 'ended' }>;

/** A test call on its way: each promise has null when the news do not come in time. */
export interface TestCall {
  /** A worker took the job. */
  taken: Promise<Taken | null>;
  /** The worker has called. */
  ended: Promise<Ended | null>;
}

/** Longest wait for a worker to take the job, and after that for its call, ms. */
const LIMITS = { takenMs: 4_000, endedMs: 7_000 };

/** The api's part of the test call: a job in the queue, and the news that a worker sends of it. */
@Injectable()
export class TestCalls {
  private current: TestCall | undefined;

  constructor(
    private readonly jobs: TestJobs,
    private readonly hints: HintBus,
    private readonly limits = LIMITS,
  ) {}

  /** The one on its way, or a new one: several checks look at the same. */
  get(): TestCall {
    if (this.current) return this.current;
    const call = this.begin();
    this.current = call;
    const forget = (): void => {
      this.current = undefined;
    };
    call.ended.then(forget, forget);
    return call;
  }

  private begin(): TestCall {
    const id = newId();
    let took: (news: Taken | null) => void = () => undefined;
    let end: (news: Ended | null) => void = () => undefined;
    const takenOrNot = new Promise<Taken | null>((resolve) => (took = resolve));
    const endedOrNot = new Promise<Ended | null>((resolve) => (end = resolve));
    const unsubscribe = this.hints.subscribe(TEST_CALL_CHANNEL, (payload) => {
      const news = newsOf(payload);
      if (news?.id !== id) return;
      if (news.kind === 'taken') took(news);
      else end(news);
    });
    const timers = [
      setTimeout(() => took(null), this.limits.takenMs),
      setTimeout(() => end(null), this.limits.endedMs),
    ];
    const sent = this.jobs.add(id);
    const taken = sent.then(() => takenOrNot);
    const ended = taken.then((news) => (news === null ? null : endedOrNot));
    const clear = (): void => {
      timers.forEach(clearTimeout);
      unsubscribe();
      // Nobody waits for it any more.
      this.jobs.remove(id).catch(() => undefined);
    };
    ended.then(clear, clear);
    taken.catch(() => undefined);
    return { taken, ended };
  }
}
