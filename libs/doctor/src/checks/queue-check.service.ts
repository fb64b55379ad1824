import { Injectable } from '@nestjs/common';
import { Config, WakeUpQueue } from '@breakwater/platform';
import { Checkup, failed, ok, warning, type Finding } from '../check.js';

/** The backend takes and counts jobs, and Redis drops none. */
@Injectable()
export class QueueCheck extends Checkup {
  readonly name = 'queue';
  readonly needsDatabase: boolean;
  readonly remedy: string;
  private readonly backend: string;

  constructor(
    private readonly queue: WakeUpQueue,
    config: Config,
  ) {
    super();
    this.needsDatabase = config.redis === null;
    this.backend = config.redis ? 'Redis' : 'PostgreSQL';
    this.remedy = config.redis
      ? `Check that Redis runs and that ${config.redis.setting} and its password are right.`
      : 'Check PostgreSQL: without REDIS_URL the queue is in it.';
  }

  async run(): Promise<Finding> {
    const trouble = await this.queue.trouble();
    if (trouble !== null)
      return failed(`The queue in ${this.backend} does not work: ${trouble}.`, this.remedy);
    const { waiting = 0, delayed = 0 } = await this.queue.counts();
    const policy = await this.queue.evictionPolicy().catch(() => undefined);
    if (policy === undefined)
      return warning(
        'The queue in Redis works; its user may not read maxmemory-policy.',
        'Allow the command INFO to its user, or make sure that maxmemory-policy is noeviction.',
      );
    if (policy !== null && policy !== 'noeviction')
      return warning(
        `maxmemory-policy of Redis is ${policy}: when its memory is full, it drops wake-ups, and deliveries come later.`,
        'Set maxmemory-policy of Redis to noeviction.',
      );
    return ok(`The queue in ${this.backend} works; ${waiting} jobs wait, ${delayed} are planned for later.`);
  }
}
