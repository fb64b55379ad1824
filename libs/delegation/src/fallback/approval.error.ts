import { BreakwaterError } from '@breakwater/platform';

export class ApprovalNotFoundError extends BreakwaterError {
  readonly code = 'APPROVAL_NOT_FOUND';
  constructor(id: string) {
    super(`no approval "${id}"`);
  }
}

export class ApprovalResolvedError extends BreakwaterError {
  readonly code = 'APPROVAL_RESOLVED';
  constructor(id: string, status: string) {
    super(`approval "${id}" is already ${status}`);
  }
}
