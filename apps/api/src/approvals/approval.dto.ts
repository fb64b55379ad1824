import { IsIn, IsString, MaxLength } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { PageQueryDto } from '../paging/page.dto.js';

export class ApprovalQueryDto extends PageQueryDto {
  /** Default: `pending`. */
  @Optional()
  @IsIn(['pending', 'approved', 'rejected'])
  status: string = 'pending';

  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;
}

export class ApprovalDecisionDto {
  @IsIn(['approved', 'rejected'])
  status: 'approved' | 'rejected';

  @Optional()
  @IsString()
  @MaxLength(2000)
  notes?: string;
}

export class ApprovalDto {
  id: string;
  appId: string;
  capability: string;
  requestId: string;
  /** The payload as text. */
  payload: string;
  context: Record<string, unknown> | null;
  /** Why the app could not answer. */
  reason: string;
  status: string;
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  notes: string | null;
}

export class ApprovalPageDto {
  items: ApprovalDto[];
  nextCursor: string | null;
}
