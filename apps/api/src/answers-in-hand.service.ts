import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';

/** The answers that this process owes. Once it stops, each says that its connection ends with it. */
@Injectable()
export class AnswersInHand {
  private readonly open = new Set<ServerResponse>();
  private whenNone: (() => void)[] = [];
  private isStopping = false;

  get count(): number {
    return this.open.size;
  }

  /** A request has come, to be answered by `response`. */
  add(response: ServerResponse): void {
    this.open.add(response);
    response.once('close', () => {
      this.open.delete(response);
      if (this.open.size === 0) for (const resolve of this.whenNone.splice(0)) resolve();
    });
    if (this.isStopping) endConnectionAfter(response);
  }

  /** From now on clients keep no connection: the next request of theirs would find nobody. */
  stop(): void {
    this.isStopping = true;
    for (const response of this.open) endConnectionAfter(response);
  }

  /** Resolves when nothing is owed. */
  async none(): Promise<void> {
    if (this.open.size > 0) await new Promise<void>((resolve) => this.whenNone.push(resolve));
  }
}

function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
