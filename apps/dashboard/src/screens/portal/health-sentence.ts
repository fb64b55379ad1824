import { FEW, formatShare, plural } from '../../show/format.js';

export interface OwnFigures {
  /** Calls and event deliveries that ended in the last 24 h. */
  total: number;
  successes: number;
  openBreakers: number;
  deadLetters: number;
  fallbacks: number;
  isPaused: boolean;
  isDisabled: boolean;
}

export interface Verdict {
  state: 'ok' | 'degraded' | 'failing' | 'paused' | 'disabled';
  sentence: string;
}

/** Below this share of successes an app is degraded. */
const GOOD_SHARE = 0.95;

/** The health of an app in one sentence: the worst first, and what follows from it. */
export function healthSentence(figures: OwnFigures): Verdict {
  const { total, successes, openBreakers, deadLetters, fallbacks } = figures;
  if (figures.isDisabled)
    return { state: 'disabled', sentence: 'The app is disabled: nothing is sent to it.' };
  if (figures.isPaused)
    return { state: 'paused', sentence: 'The app is paused: what is for it waits and is kept.' };
  if (openBreakers > 0) {
    const served = fallbacks > 0 ? ` ${plural(fallbacks, 'user')} got a fallback in the last 24 h.` : '';
    return {
      state: 'failing',
      sentence: `${plural(openBreakers, 'breaker is', 'breakers are')} open: your app failed too often and is not called until a probe succeeds.${served}`,
    };
  }
  const share =
    total < FEW
      ? `${formatShare(successes, total)} attempts`
      : `${formatShare(successes, total)} of ${plural(total, 'attempt')}`;
  if (total > 0 && successes / total < GOOD_SHARE)
    return { state: 'degraded', sentence: `Too many attempts failed in the last 24 h: ${share} succeeded.` };
  if (deadLetters > 0)
    return {
      state: 'degraded',
      sentence: `${plural(deadLetters, 'delivery', 'deliveries')} could not be made and ${deadLetters === 1 ? 'waits' : 'wait'} for you among the dead letters.`,
    };
  if (total === 0)
    return { state: 'ok', sentence: 'All is well. Nothing was sent to your app in the last 24 h.' };
  return { state: 'ok', sentence: `All is well: ${share} of the last 24 h succeeded.` };
}
