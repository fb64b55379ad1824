import { ApiProperty } from '@nestjs/swagger';
import { ArrayUnique, IsArray, IsIn, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import {
  PORTAL_CAPABILITIES,
  PORTAL_LINK_STATES,
  type PortalCapability,
  type PortalLinkState,
} from '@breakwater/access';
import { Optional } from '@breakwater/platform';

const HOUR_S = 3600;
const DAY_S = 86_400;

/** A request for a portal link. */
export class CreatePortalLinkDto {
  /** What the link may do; every link may view. */
  @Optional()
  @IsArray()
  @ArrayUnique()
  @IsIn(PORTAL_CAPABILITIES, { each: true })
  @ApiProperty({ enum: PORTAL_CAPABILITIES, isArray: true })
  capabilities: PortalCapability[] = ['view'];

  /** Seconds until it expires: 1 h to 7 days. */
  @Optional()
  @IsInt()
  @Min(HOUR_S)
  @Max(7 * DAY_S)
  expiresIn: number = DAY_S;

  /** For whom it is, 1 to 100 characters; shown in the list and as the actor in the audit log. */
  @Optional()
  @IsString()
  @Length(1, 100)
  @Matches(/^(?=.*\S)[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/u)
  note?: string;
}

export class PortalLinkDto {
  id: string;
  appId: string;
  @ApiProperty({ enum: PORTAL_CAPABILITIES, isArray: true })
  capabilities: PortalCapability[];
  note: string | null;
  @ApiProperty({ enum: PORTAL_LINK_STATES })
  state: PortalLinkState;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

export class NewPortalLinkDto extends PortalLinkDto {
  /** The link itself, with the token after `#`: shown once. */
  url: string;
  /** The token alone, for `Authorization: Bearer`: shown once. */
  token: string;
}

export class PortalLinkPageDto {
  items: PortalLinkDto[];
  nextCursor: string | null;
}
