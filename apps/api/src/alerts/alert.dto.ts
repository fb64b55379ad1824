import { Optional } from '@breakwater/platform';
import { IsIn, IsString, IsUUID, Length } from 'class-validator';
import { Fraction } from '../document/fraction.js';
import { PageQueryDto } from '../paging/page.dto.js';

const STATUSES = ['firing', 'resolved'] as const;

export class AlertQueryDto extends PageQueryDto {
  @Optional()
  @IsIn(STATUSES)
  status?: (typeof STATUSES)[number];

  @Optional()
  @IsUUID()
  ruleId?: string;

  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;
}

export class AlertDto {
  id: string;
  ruleId: string;
  ruleName: string;
  type: string;
  /** Null: the whole installation. */
  appId: string | null;
  /** Null: the app as a whole. */
  capability: string | null;
  /** firing, resolved. */
  status: string;
  /** The rule's threshold when it fired. */
  @Fraction()
  threshold: number;
  windowMs: number;
  @Fraction()
  valueAtFiring: number;
  @Fraction()
  worstValue: number;
  @Fraction()
  lastValue: number | null;
  /** Calls counted last; null for types that look at the current state. */
  samples: number | null;
  firedAt: Date;
  /** When it was last evaluated. */
  evaluatedAt: Date;
  /** When people were notified; null: not notified, because of the cooldown. */
  notifiedAt: Date | null;
  resolvedAt: Date | null;
  /** recovered, no_samples (no calls within the window any more), rule_off (its rule was switched off or deleted). */
  resolvedReason: string | null;
}

export class AlertPageDto {
  items: AlertDto[];
  nextCursor: string | null;
}
