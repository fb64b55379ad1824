import { Injectable } from '@nestjs/common';
import { WakeUpQueue } from '../queue/wake-up-queue.service.js';
import { Readiness } from './readiness.service.js';

/** Whether this process can do its work: for its ready line, and for the probes of a process without an API. */
@Injectable()
export class WorkCheck {
  private takesJobs: boolean | null = null;

  constructor(
    private readonly readiness: Readiness,
    private readonly queue: WakeUpQueue,
  ) {}

  /**
   * To be called when the process has made what it works with.
   * @param takesJobs whether it needs jobs from the queue; if not, an unavailable queue only degrades it
   */
  begin(takesJobs: boolean): void {
    this.takesJobs = takesJobs;
  }

  /** Why it cannot work now, or null. Answers within READINESS_TIMEOUT, and QUEUE_TIMEOUT where it takes jobs. */
  async trouble(): Promise<string | null> {
    if (this.takesJobs === null) return 'process: it has not started yet';
    const findings = await this.readiness.check();
    // A wrong clock keeps a process from getting traffic, but not from working: decisions use the database's time.
    const down = findings.find(({ what, state }) => state === 'down' && what !== 'clock');
    if (down) return `${down.what}: ${down.detail}`;
    return this.takesJobs ? this.queue.workerTrouble() : null;
  }
}
