import { expect, it } from 'vitest';
import { isLogged } from './is-logged.js';

it.each([
  ['info', 'info', true],
  ['warn', 'info', true],
  ['debug', 'info', false],
  ['info', 'warn', false],
  ['info', 'trace', true],
  ['fatal', 'silent', false],
] as const)('a line of level %s where %s is configured: %s', (level, configured, isWritten) =>
  expect(isLogged(level, configured)).toBe(isWritten),
);
