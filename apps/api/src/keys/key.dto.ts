import { IsString, MaxLength } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { PageQueryDto } from '../paging/page.dto.js';

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
