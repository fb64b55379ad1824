import { describe, expect, it } from 'vitest';
import { PortalForbiddenError } from '@breakwater/access';
import { editedPayload } from './edited-payload.js';

const body = (text: string): { rawBody: Buffer } => ({ rawBody: Buffer.from(text) });
const key = { capabilities: null };
const link = { capabilities: ['view', 'redeliver'] as const };

describe('the edited payload of a redelivery', () => {
  it('is what was written, byte for byte', () => {
    expect(editedPayload(body('{"payload": {"a" : 1.0}}'), key)?.toString()).toBe('{"a" : 1.0}');
  });

  it.each([[{}], [body('')], [body('{"dryRun":true}')]])('is missing in %j', (request) => {
    expect(editedPayload(request, key)).toBeUndefined();
    expect(editedPayload(request, { capabilities: [...link.capabilities] })).toBeUndefined();
  });

  it('is not for portal links: the platform signs it', () => {
    expect(() => editedPayload(body('{"payload":1}'), { capabilities: [...link.capabilities] })).toThrow(
      PortalForbiddenError,
    );
  });
});
