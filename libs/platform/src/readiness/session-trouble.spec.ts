import { describe, expect, it } from 'vitest';
import { sessionTrouble } from './session-trouble.js';

describe('a statement', () => {
  const usual = { role: 'breakwater_service', searchPath: 'public', isOurs: true };
  it.each([
    ['with the settings of its connection is as it should be', usual, null],
    [
      'with another role is not',
      { ...usual, role: 'app' },
      /run as the role app and not as breakwater_service; set/,
    ],
    [
      'with another search path is not',
      { ...usual, searchPath: 'x' },
      /search_path is x and not public; set/,
    ],
    ['in a session of others is not', { ...usual, isOurs: false }, /a pooler lends .*; set the pool_mode/],
  ])('%s', (_, look, trouble) => {
    if (trouble === null) expect(sessionTrouble(look)).toBeNull();
    else expect(sessionTrouble(look)).toMatch(trouble);
  });
});
