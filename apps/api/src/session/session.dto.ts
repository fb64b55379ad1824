import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { PORTAL_CAPABILITIES, SCOPES, type PortalCapability, type Scope } from '@breakwater/access';

/** A sign-in. */
export class SignInDto {
  /** An API key. */
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  key: string;
}

/** Who the caller is, and what it may do. */
export class SessionDto {
  /** By the cookie of a session, an API key in a header, or the token of a portal link. */
  @ApiProperty({ enum: ['session', 'key', 'portal'] })
  kind: 'session' | 'key' | 'portal';
  name: string;
  /** The id of the API key, or of the portal link. */
  keyId: string;
  /** What the key may do; a portal link has the scope `app` and is limited by its capabilities. */
  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes: Scope[];
  /** The only app that it may be used for; null: every app. */
  appId: string | null;
  /** What a portal link may do; null for keys and sessions. */
  @ApiProperty({ enum: PORTAL_CAPABILITIES, isArray: true, nullable: true, type: String })
  capabilities: PortalCapability[] | null;
  /** When it ends; null: never. */
  expiresAt: Date | null;
  /** Where people reach this installation. */
  publicUrl: string;
}
