import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';

/**
 * The answers that this process owes. They are counted, not kept: a set through which every request passes makes V8 move
 * whole requests to its old space, because an old table of a set refers to the one that replaced it.
 */
@Injectable()
export class AnswersInHand {
  private open = 0;
  private whenNone: (() => void)[] = [];
  private isStopping = false;

  get count(): number {
    return this.open;
  }

  /** Whether a connection ends with its answer: its client finds no one there for a next request. */
  get endConnections(): boolean {
    return this.isStopping;
  }

  /** A request has come, to be answered by `response`. */
  add(response: ServerResponse): void {
    this.open++;
    response.once('close', this.onClose);
  }

  /** From now on no connection is kept alive. */
  stop(): void {
    this.isStopping = true;
  }

  /** Resolves when nothing is owed. */
  async none(): Promise<void> {
    if (this.open > 0) await new Promise<void>((resolve) => this.whenNone.push(resolve));
  }

  private readonly onClose = (): void => {
    if (--this.open === 0) for (const resolve of this.whenNone.splice(0)) resolve();
  };
}
