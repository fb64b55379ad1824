import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { WholeInQuery } from '../input/query-values.js';

/** Paging parameters of every list. */
export class PageQueryDto {
  /** `nextCursor` of the previous page. */
  @Optional()
  @IsString()
  @MaxLength(1000)
  cursor?: string;

  /** Items per page. */
  @Optional()
  @WholeInQuery()
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;
}
