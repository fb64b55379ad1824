import { PortalForbiddenError, type Principal } from '@breakwater/access';
import { sliceMember } from '@breakwater/json';

export interface RawRequest {
  rawBody?: Buffer | undefined;
}

/**
 * The payload of a redelivery as it was written, byte for byte; undefined without one.
 * @throws PortalForbiddenError for a portal link: what an app gets under the platform's signature is not an owner's to
 * write
 */
export function editedPayload(
  { rawBody }: RawRequest,
  { capabilities }: Pick<Principal, 'capabilities'>,
): Buffer | undefined {
  const edited = rawBody && rawBody.length > 0 ? (sliceMember(rawBody, 'payload') ?? undefined) : undefined;
  if (edited !== undefined && capabilities !== null) throw new PortalForbiddenError([]);
  return edited;
}
