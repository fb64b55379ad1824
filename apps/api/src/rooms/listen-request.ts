import { isAppId, isCapabilityName } from '@breakwater/manifest';

/** What a listener asks for when it begins. */
export interface ListenRequest {
  /** Null: the app of its key. */
  appId: string | null;
  answersCalls: boolean;
  /** Whose calls it answers; empty: all of the app. */
  capabilities: string[];
}

const CAPABILITIES_MAX = 100;

/** Reads a message that may be anything. @returns a sentence where it breaks a rule */
export function listenRequest(body: unknown): ListenRequest | string {
  const { appId, calls, capabilities } = (body ?? {}) as Record<string, unknown>;
  if (appId !== undefined && appId !== null && (typeof appId !== 'string' || !isAppId(appId)))
    return 'appId must be the id of an app; leave it out to listen for the app of the key';
  if (calls !== undefined && typeof calls !== 'boolean')
    return 'calls must be true or false: whether the listener answers sync calls';
  const names = capabilities ?? [];
  if (!isListOfNames(names))
    return `capabilities must be a list of at most ${CAPABILITIES_MAX} names of capabilities; leave it out for all`;
  return { appId: appId ?? null, answersCalls: calls === true, capabilities: names };
}

function isListOfNames(names: unknown): names is string[] {
  if (!Array.isArray(names) || names.length > CAPABILITIES_MAX) return false;
  return names.every((name) => typeof name === 'string' && isCapabilityName(name));
}
