/** Hint channel of calls for listeners; the payload is the process that holds the socket, and the call. */
export const CALL_CHANNEL = 'listener_call';
/** Hint channel of their answers; the payload is the process that waits, and the call. */
export const ANSWER_CHANNEL = 'listener_answer';

/** The call that a hint is about; null where it is meant for another process. */
export function callFor(processId: string, payload: string): string | null {
  const [to, callId] = payload.split(':');
  return to === processId && callId !== undefined && callId !== '' ? callId : null;
}
