import { SetMetadata } from '@nestjs/common';
import type { AuditedActionName } from './audited-actions.js';

export const AUDITED = 'breakwater:audited';

/** Writes each call of the route into the audit log: before it is carried out, and how it ended. */
export const Audited = (action: AuditedActionName): MethodDecorator => SetMetadata(AUDITED, action);
