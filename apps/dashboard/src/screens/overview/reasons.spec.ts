import { describe, expect, it } from 'vitest';
import { comparedRate, reasonScreen, stateTone } from './reasons.js';

const at =
  (path: string) =>
  (filters: object = {}) =>
    `${path}${JSON.stringify(filters)}`;
const links = {
  apps: at('apps'),
  breakers: at('breakers'),
  alerts: at('alerts'),
  deliveries: at('deliveries'),
  system: '/system',
};

describe('the verdict', () => {
  it.each([
    ['APPS_FAILING', 'apps{"state":"failing"}'],
    ['APPS_DEGRADED', 'apps{"state":"degraded"}'],
    ['QUEUE_LATE', 'deliveries{"status":"pending"}'],
    ['NO_WORKER', '/system?tab=workers'],
    ['BREAKERS_OPEN', 'breakers{}'],
    ['ALERTS_FIRING', 'alerts{"state":"open"}'],
    ['ANOTHER', 'apps{}'],
  ])('%s leads to %s', (code, path) => expect(reasonScreen(code, links)).toBe(path));

  it.each([
    ['failing', 'danger'],
    ['degraded', 'warning'],
    ['ok', 'ok'],
    ['idle', 'neutral'],
  ])('%s has the tone %s', (state, tone) => expect(stateTone(state)).toBe(tone));

  it.each([
    [95, 100, 90, 100, '5.0 points more than in the hour before'],
    [90, 100, 95, 100, '5.0 points less than in the hour before'],
    [90, 100, 90, 100, 'as in the hour before'],
    [9, 10, 90, 100, null],
    [90, 100, 0, 0, null],
  ])('%d of %d after %d of %d: %s', (completed, ended, completedBefore, endedBefore, text) => {
    const before = { completed: completedBefore, ended: endedBefore };
    expect(comparedRate({ completed, ended }, before, 20)).toBe(text);
  });
});
