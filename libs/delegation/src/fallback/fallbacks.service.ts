import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { KnownStrategies } from '@breakwater/manifest';
import { inTime } from '@breakwater/platform';
import { OrganizerNotice } from '../notice/organizer-notice.service.js';
import {
  Fallback,
  FallbackStrategy,
  type FallbackAnswer,
  type FallbackCall,
} from './fallback-strategy.service.js';

/** Time for a fallback, ms: the rest of the 500 ms after the timeout is for sending the answer. */
const BUDGET_MS = 400;

/** A strategy's answer, with its data as JSON text. */
export type FallbackText = Exclude<FallbackAnswer, { kind: 'data' }>;

/** Finds every provided strategy and runs the one that a capability names; the room's organizer is notified. */
@Injectable()
export class Fallbacks implements OnModuleInit {
  private readonly strategies = new Map<string, FallbackStrategy>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly known: KnownStrategies,
    private readonly notice: OrganizerNotice,
  ) {}

  onModuleInit(): void {
    for (const provider of this.discovery.getProviders({ metadataKey: Fallback.KEY })) {
      const name = this.discovery.getMetadataByDecorator(Fallback, provider);
      if (!name || !(provider.instance instanceof FallbackStrategy)) continue;
      this.strategies.set(name, provider.instance);
      this.known.add(name);
    }
  }

  /**
   * @throws what the strategy throws; an Error when its answer is not JSON, when it is too slow, or when it is not
   * provided any more
   */
  async answer(call: FallbackCall): Promise<FallbackText> {
    const answer = await this.ask(call);
    if (answer.kind !== 'none') this.notice.tell(call);
    return answer;
  }

  private async ask(call: FallbackCall): Promise<FallbackText> {
    const name = call.endpoint.fallback.strategy;
    const strategy = this.strategies.get(name);
    if (!strategy) throw new Error(`no fallback strategy "${name}" is provided`);
    const tooLate = (): Error => new Error(`fallback "${name}" took longer than ${BUDGET_MS} ms`);
    return asText(await inTime(strategy.answer(call), BUDGET_MS, tooLate));
  }
}

function asText(answer: FallbackAnswer): FallbackText {
  if (answer.kind !== 'data') return answer;
  return { kind: 'json', json: Buffer.from(JSON.stringify(answer.data ?? null)) };
}
