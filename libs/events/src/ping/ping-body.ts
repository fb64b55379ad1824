/** The event type of a ping. */
export const PING_TYPE = 'breakwater.ping';

/** The body of a ping. */
export function pingBody({ appId, name, sentAt }: { appId: string; name: string; sentAt: Date }): Buffer {
  return Buffer.from(JSON.stringify({ type: PING_TYPE, test: true, appId, subscription: name, sentAt }));
}
