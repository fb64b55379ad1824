import { Injectable } from '@nestjs/common';
import { BUILT_IN_STRATEGIES } from '../grammar/fallback-strategies.js';

/** The fallback strategies that a manifest may name. A plug-in adds its name before the first request. */
@Injectable()
export class KnownStrategies {
  private readonly known = new Set(BUILT_IN_STRATEGIES);

  add(strategy: string): void {
    this.known.add(strategy);
  }

  get names(): readonly string[] {
    return [...this.known];
  }
}
