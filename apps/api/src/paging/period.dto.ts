import { Type } from 'class-transformer';
import { IsDate, MaxDate, MinDate } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { PageQueryDto } from './page.dto.js';

/** JavaScript knows days that PostgreSQL does not. */
const FIRST_DAY = new Date('1970-01-01T00:00:00Z');
const LAST_DAY = new Date('9999-12-31T00:00:00Z');

/** A page of what happened within a period. */
export class PeriodQueryDto extends PageQueryDto {
  /** At or after. */
  @Optional()
  @Type(() => Date)
  @IsDate()
  @MinDate(FIRST_DAY)
  @MaxDate(LAST_DAY)
  from?: Date;

  /** Before. */
  @Optional()
  @Type(() => Date)
  @IsDate()
  @MinDate(FIRST_DAY)
  @MaxDate(LAST_DAY)
  to?: Date;
}
