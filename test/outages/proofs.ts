import { expect } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { Platform } from '../support/platform.js';
import type { Traffic } from './traffic.js';

/** Each key has one delivery, each delivery is completed, and the receiver got each of them and nothing else. */
export async function expectNoneDoubled(platform: Platform, traffic: Traffic): Promise<void> {
  const isOver = async (): Promise<boolean> => (await platform.counts())['completed'] === traffic.ids.size;
  await eventually(isOver, { limitMs: 90_000, everyMs: 250, what: 'the end of all deliveries' }).catch(
    async (error: unknown) => {
      throw new Error(`${JSON.stringify(await platform.counts())} of ${traffic.ids.size} keys`, {
        cause: error,
      });
    },
  );
  expect(Object.keys(await platform.counts())).toEqual(['completed']);
  expect([...traffic.ids.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  const keysById = new Map<string, Set<string>>();
  for (const { headers, body } of platform.receiver.callsTo('/report')) {
    const id = String(headers['webhook-id']);
    const { key } = JSON.parse(body.toString()) as { key: string };
    keysById.set(id, (keysById.get(id) ?? new Set()).add(key));
  }
  expect(keysById.size).toBe(traffic.ids.size);
  for (const [key, ids] of traffic.ids) expect([...(keysById.get([...ids][0]!) ?? [])]).toEqual([key]);
}
