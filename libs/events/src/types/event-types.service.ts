import { Injectable } from '@nestjs/common';

/** The catalogue of events. */
@Injectable()
export class EventTypes {
  /** What each payload breaks of its type's schema, where that only warns. */
  async check(events: readonly { type: string; body: Buffer }[]): Promise<unknown[][]> {
    return events.map(() => []);
  }
}
