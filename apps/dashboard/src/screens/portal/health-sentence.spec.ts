import { describe, expect, it } from 'vitest';
import { healthSentence, type OwnFigures } from './health-sentence.js';

const well: OwnFigures = {
  total: 200,
  successes: 200,
  openBreakers: 0,
  deadLetters: 0,
  fallbacks: 0,
  isPaused: false,
  isDisabled: false,
};

describe('the health of an app in one sentence', () => {
  it.each<[Partial<OwnFigures>, string, RegExp]>([
    [{}, 'ok', /^All is well: 100 % of 200 attempts/],
    [{ total: 0, successes: 0 }, 'ok', /Nothing was sent/],
    [{ total: 10, successes: 9 }, 'degraded', /: 9 of 10 attempts succeeded/],
    [{ successes: 100 }, 'degraded', /: 50 % of 200 attempts succeeded/],
    [{ deadLetters: 1 }, 'degraded', /^1 delivery could not be made and waits/],
    [{ deadLetters: 2 }, 'degraded', /^2 deliveries could not be made and wait for/],
    [{ openBreakers: 1, successes: 0 }, 'failing', /^1 breaker is open: .* succeeds\.$/],
    [{ openBreakers: 2, fallbacks: 3 }, 'failing', /^2 breakers are open: .* 3 users got a fallback/],
    [{ isPaused: true, openBreakers: 1 }, 'paused', /waits and is kept/],
    [{ isDisabled: true, isPaused: true }, 'disabled', /nothing is sent/],
  ])('%j is %s', (change, state, sentence) => {
    const verdict = healthSentence({ ...well, ...change });
    expect(verdict.state).toBe(state);
    expect(verdict.sentence).toMatch(sentence);
  });
});
