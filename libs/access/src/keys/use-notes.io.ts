import { Logger } from '@nestjs/common';
import { LastUse } from './last-use.js';

/** Stores when credentials were last used, in parallel to the requests, which do not wait for it. */
export class UseNotes {
  private readonly log = new Logger('LastUse');
  private readonly lastUse = new LastUse();
  private readonly notes = new Set<Promise<void>>();

  /** @param touch stores that the credential with this id is used now */
  constructor(private readonly touch: (id: string) => Promise<void>) {}

  /** Stores at most once a minute per id. Never throws. */
  note(id: string, now: Date): void {
    if (!this.lastUse.isDue(id, now.getTime())) return;
    const note = this.touch(id)
      .catch((error: Error) => this.log.warn(`last use of ${id} is not stored: ${error.message}`))
      .finally(() => this.notes.delete(note));
    this.notes.add(note);
  }

  /** Waits for those that are being stored. */
  async settle(): Promise<void> {
    await Promise.all(this.notes);
  }
}
