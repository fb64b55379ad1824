import { Injectable } from '@nestjs/common';
import { inTime } from '@breakwater/platform';
import {
  failed,
  reportOf,
  type Checkup,
  type CheckResult,
  type DoctorReport,
  type Finding,
} from './check.js';

/** Longest time for one check, ms. All run at once, so the whole takes no longer. */
const LIMIT_MS = 8_000;

/** Checks all parts of the installation at once, each within its own time. */
@Injectable()
export class Doctor {
  private running: Promise<DoctorReport> | undefined;

  /** @param limitMs longest time for one check */
  constructor(
    private readonly checkups: readonly Checkup[],
    private readonly limitMs: number = LIMIT_MS,
  ) {}

  /** Callers at the same time get the same report, so that checks that hang do not pile up. */
  async examine(): Promise<DoctorReport> {
    this.running ??= this.examineAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async examineAll(): Promise<DoctorReport> {
    const results = await Promise.all(this.checkups.map((checkup) => this.result(checkup)));
    const needing = new Set(
      this.checkups.filter(({ needsDatabase }) => needsDatabase).map(({ name }) => name),
    );
    return reportOf(results, needing);
  }

  private async result(checkup: Checkup): Promise<CheckResult> {
    const startedAtMs = performance.now();
    const finding = await this.finding(checkup);
    return {
      name: checkup.name,
      ...finding,
      durationMs: Math.round(performance.now() - startedAtMs),
    };
  }

  private async finding(checkup: Checkup): Promise<Finding> {
    try {
      return await inTime(
        checkup.run(),
        this.limitMs,
        () => new Error(`no answer within ${this.limitMs} ms`),
      );
    } catch (error) {
      return failed(`The check failed: ${(error as Error).message}.`, checkup.remedy);
    }
  }
}
