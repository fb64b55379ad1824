import type { Problem } from '@breakwater/platform';

/** Longest name of a room, in UTF-16 units: nobody can join a room with a longer one. */
export const ROOM_ID_MAX = 255;

/** Problems of the members of a context that have a meaning; any other members are allowed. */
export function contextProblems({ participants, roomId }: Readonly<Record<string, unknown>>): Problem[] {
  return [...participantsProblems(participants), ...roomProblems(roomId)];
}

function participantsProblems(participants: unknown): Problem[] {
  if (participants === undefined || Array.isArray(participants)) return [];
  const message = 'context.participants must be a list, of which random_winner picks one';
  return [{ pointer: '/context/participants', rule: 'list', message, value: shown(participants) }];
}

function roomProblems(roomId: unknown): Problem[] {
  if (roomId === undefined || (typeof roomId === 'string' && roomId.length <= ROOM_ID_MAX)) return [];
  const message = `context.roomId must be text of at most ${ROOM_ID_MAX} characters`;
  const bounds = { maxLength: ROOM_ID_MAX };
  return [{ pointer: '/context/roomId', rule: 'text', message, bounds, value: shown(roomId) }];
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 200);
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[…]' : '{…}') : value;
}
