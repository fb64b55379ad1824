import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Source of random numbers; tests provide their own. */
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
