import { Optional } from '@breakwater/platform';
import { MomentInQuery, NotBefore } from '../input/query-values.js';
import { PageQueryDto } from './page.dto.js';

/** A page of items within a period. */
export class PeriodQueryDto extends PageQueryDto {
  /** At or after this moment: ISO 8601 with a time zone; the seconds may be absent. */
  @Optional()
  @MomentInQuery()
  from?: Date;

  /** Before this moment, which is not before `from`: ISO 8601 with a time zone; the seconds may be absent. */
  @Optional()
  @MomentInQuery()
  @NotBefore('from')
  to?: Date;
}
