import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Where random decisions come from: a test gives its own. */
export abstract class Chance {
  /** Uniform in [0, 1). */
  abstract next(): number;
}

@Injectable()
export class CryptoChance extends Chance {
  next(): number {
    return randomInt(2 ** 48 - 1) / (2 ** 48 - 1);
  }
}
