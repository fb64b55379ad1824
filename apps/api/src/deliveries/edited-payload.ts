import { sliceMember } from '@breakwater/json';

export interface RawRequest {
  rawBody?: Buffer | undefined;
}

/** The payload of a redelivery as it was written, byte for byte; undefined without one. */
export function editedPayload({ rawBody }: RawRequest): Buffer | undefined {
  return rawBody && rawBody.length > 0 ? (sliceMember(rawBody, 'payload') ?? undefined) : undefined;
}
