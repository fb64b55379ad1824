import { headerValues, type InboundRequest } from './request.js';
import { sameBytes } from './same-bytes.js';

/**
 * The steps of the engine that must not be wrong. A spec replaces one by a faulty one and shows which vectors notice.
 */
export interface Steps {
  headerValues: (request: InboundRequest, name: string) => string[];
  bodyBytes: (request: InboundRequest) => Buffer;
  /** The signatures of a list that are compared: all of them. */
  candidates: (signatures: readonly string[]) => readonly string[];
  isSame: (one: Uint8Array, other: Uint8Array) => boolean;
  /** @param ageS negative for a time in the future */
  isTooOld: (ageS: number, toleranceS: number) => boolean;
  isTooEarly: (ageS: number, toleranceS: number) => boolean;
}

export const STEPS: Steps = {
  headerValues,
  bodyBytes: (request) => request.body,
  candidates: (signatures) => signatures,
  isSame: sameBytes,
  isTooOld: (ageS, toleranceS) => ageS > toleranceS,
  isTooEarly: (ageS, toleranceS) => ageS < -toleranceS,
};
