import { SetMetadata } from '@nestjs/common';
import type { AuditedActionName } from './audited-actions.js';

export const AUDITED = 'breakwater:audited';

/** Records each call of the route in the audit log: before it is done, and its result. */
export const Audited = (action: AuditedActionName): MethodDecorator => SetMetadata(AUDITED, action);
