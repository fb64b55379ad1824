import { expect } from 'vitest';
import { Canary } from '../../support/canary.js';
import type { Rig } from '../rig.js';

/**
 * A URL that was registered when the rules were looser leads inside the network: the worker does not connect to it.
 * What else the guard refuses is tested elsewhere.
 */
export async function nothingInternalIsReached(rig: Rig): Promise<void> {
  const canary = await Canary.listen();
  try {
    const target = await rig.capability({}, { url: `http://127.0.0.1:${canary.port}/` });
    await rig.worker({}, { OUTBOUND_ALLOW: new URL(rig.platform.receiver.url).host });
    const id = await rig.accept(target);
    await rig.ended(id);
    expect(canary.connections, 'connections to a canary inside the network').toBe(0);
    expect(await rig.outcomes(id)).toEqual(['blocked']);
  } finally {
    await canary.close();
  }
}
