import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';

/** Counts the requests in progress of this process. When it stops, each answer closes its connection. */
@Injectable()
export class AnswersInHand {
  private readonly open = new Set<ServerResponse>();
  private whenNone: (() => void)[] = [];
  private isStopping = false;

  get count(): number {
    return this.open.size;
  }

  /** A request that will be answered by `response`. */
  add(response: ServerResponse): void {
    this.open.add(response);
    response.once('close', () => {
      this.open.delete(response);
      if (this.open.size === 0) for (const resolve of this.whenNone.splice(0)) resolve();
    });
    if (this.isStopping) endConnectionAfter(response);
  }

  /** From now on answers close their connection: the process would not answer a next request. */
  stop(): void {
    this.isStopping = true;
    for (const response of this.open) endConnectionAfter(response);
  }

  /** Resolves when no request is in progress. */
  async none(): Promise<void> {
    if (this.open.size > 0) await new Promise<void>((resolve) => this.whenNone.push(resolve));
  }
}

function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
