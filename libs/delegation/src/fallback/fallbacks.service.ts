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

/** A fallback has this long, ms: the rest of the 500 ms after the timeout is the answer's way out. */
const BUDGET_MS = 400;

/** What a strategy answered, data as JSON text. */
export type FallbackText = Exclude<FallbackAnswer, { kind: 'data' }>;

/** Finds every provided strategy and lets the one a capability names answer; the room's organizer is notified of it. */
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

  /** @throws what the strategy throws, or an answer that is no JSON; an Error when it is too slow, or is not there any more */
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
