import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { SCOPES, type Scope } from '@breakwater/access';
import { Optional } from '@breakwater/platform';
import { PageQueryDto } from '../paging/page.dto.js';

/** A request for a key. */
export class CreateApiKeyDto {
  /** What it is for, 1 to 100 characters. */
  @IsString()
  @Length(1, 100)
  name: string;

  /** admin, app, invoke, read. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes: Scope[];

  /** The only app that the key may be used for; required for scope `app`. */
  @Optional()
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/)
  appId?: string;

  /** When it expires, in the future; absent: never. */
  @Optional()
  @ApiProperty({ format: 'date-time' })
  @IsISO8601({ strict: true, strictSeparator: true })
  expiresAt?: string;
}

export class ApiKeyDto {
  id: string;
  name: string;
  /** Its first characters, to recognise it. */
  prefix: string;
  scopes: string[];
  appId: string | null;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

export class NewApiKeyDto extends ApiKeyDto {
  /** The key itself, shown once. */
  key: string;
}

export class ApiKeyPageDto {
  items: ApiKeyDto[];
  nextCursor: string | null;
}

export class ApiKeyQueryDto extends PageQueryDto {
  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;
}
