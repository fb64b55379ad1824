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
} from 'class-validator';
import { Optional } from '@breakwater/platform';
import { SCOPES, type Scope } from './scopes.js';

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
