import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { Rig } from '../rig.js';

/**
 * A URL that was let in when the rules were looser leads inside the network: the worker, to whom nobody opened it,
 * makes no connection. What the guard refuses otherwise is the business of its own tests.
 */
export async function nothingInternalIsReached(rig: Rig): Promise<void> {
  let connections = 0;
  const canary = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = canary.address() as AddressInfo;
    const target = await rig.capability({}, { url: `http://127.0.0.1:${port}/` });
    await rig.worker({}, { OUTBOUND_ALLOW: new URL(rig.platform.receiver.url).host });
    const id = await rig.accept(target);
    await rig.ended(id);
    expect(connections, 'connections to a canary inside the network').toBe(0);
    expect(await rig.outcomes(id)).toEqual(['blocked']);
  } finally {
    await new Promise((resolve) => canary.close(resolve));
  }
}
