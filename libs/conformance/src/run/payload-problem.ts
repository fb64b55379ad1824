import { JSON_MAX_DEPTH, JSON_MAX_KEYS, walkJson } from '@breakwater/platform';
import { PAYLOAD_MAX_BYTES } from '../checks/bodies.js';

export interface PayloadProblem {
  message: string;
  /** The limit that it exceeds. */
  max: number;
}

/** Why a payload cannot be sent in all forms of the checks; null where it can. */
export function payloadProblem(payload: unknown): PayloadProblem | null {
  const excess = walkJson(payload, () => false);
  if (excess?.exceeded === 'depth')
    return {
      message: `payload is nested deeper than ${JSON_MAX_DEPTH}; give a flatter sample`,
      max: JSON_MAX_DEPTH,
    };
  if (excess?.exceeded === 'keys')
    return {
      message: `payload has more than ${JSON_MAX_KEYS} keys and items; give a smaller sample`,
      max: JSON_MAX_KEYS,
    };
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  if (bytes <= PAYLOAD_MAX_BYTES) return null;
  const message = `payload has ${bytes} bytes as JSON and may have ${PAYLOAD_MAX_BYTES}; give a smaller sample`;
  return { message, max: PAYLOAD_MAX_BYTES };
}
