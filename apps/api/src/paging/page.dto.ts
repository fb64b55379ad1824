import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { WholeInQuery } from '../input/query-values.js';

/** How every list is paged. */
export class PageQueryDto {
  /** `nextCursor` of the page before. */
  @Optional()
  @IsString()
  @MaxLength(1000)
  cursor?: string;

  /** Items on a page. */
  @Optional()
  @WholeInQuery()
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;
}
