import 'reflect-metadata';
import { IsBoolean, validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { Optional, Present } from './optional.js';

class Wish {
  @Optional()
  @IsBoolean()
  dryRun?: unknown;

  @Present()
  payload: unknown;
}

const problemsOf = (members: object): (string | undefined)[] =>
  validateSync(Object.assign(new Wish(), members)).map(
    ({ constraints }) => Object.values(constraints ?? {})[0],
  );

describe('a member', () => {
  it.each([
    ['that is optional may be absent', { payload: 1 }, []],
    [
      'that is optional is validated when it is null',
      { payload: 1, dryRun: null },
      ['dryRun must be a boolean value'],
    ],
    ['that must be there may be null', { payload: null }, []],
    ['that must be there is required', {}, ['payload must be given']],
  ])('%s', (_, members, problems) => {
    expect(problemsOf(members)).toEqual(problems);
  });
});
