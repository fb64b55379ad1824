import { Injectable, type PipeTransform } from '@nestjs/common';
import { InputInvalidError } from '../errors/input-invalid.error.js';

/** The largest number that the column holds. */
export const VERSION_MAX = 2_147_483_647;

/** The version of a manifest in a path: decimal digits and nothing else, 1 or more. */
@Injectable()
export class VersionNumberPipe implements PipeTransform<string, number> {
  /** @throws InputInvalidError */
  transform(text: string): number {
    const version = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : NaN;
    if (version <= VERSION_MAX) return version;
    throw new InputInvalidError([
      {
        pointer: '/version',
        rule: 'range',
        message: `version must be a whole number from 1 to ${VERSION_MAX}, in digits`,
        bounds: { min: 1, max: VERSION_MAX },
        value: text.slice(0, 100),
      },
    ]);
  }
}
