import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow, IsIn, IsObject, IsString, Length } from 'class-validator';
import { Optional } from '@breakwater/platform';

const MODES = ['enforce', 'warn'] as const;

/** What is left out is removed. */
export class PutEventTypeDto {
  /** What happened when an event of this type is published. */
  @Optional()
  @IsString()
  @Length(1, 1000)
  description?: string;

  /** A payload. It must match the schema. */
  @Optional()
  @Allow()
  @ApiProperty({ required: false, description: 'A payload. It must match the schema; at most 64 KiB.' })
  example?: unknown;

  /**
   * JSON Schema 2020-12 of the payload, at most 64 KiB. References stay within it, and it does not refer to itself.
   */
  @Optional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  schema?: Record<string, unknown>;

  /** enforce: an event that does not match the schema is refused; warn, the default: it is stored with warnings. */
  @Optional()
  @IsIn(MODES)
  mode?: 'enforce' | 'warn';
}

export class EventTypeDto {
  type: string;
  description: string | null;
  @ApiProperty({ description: 'A payload; null if there is none.' })
  example: unknown;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  schema: Record<string, unknown> | null;
  /** enforce or warn. */
  mode: string;
  createdAt: Date;
  updatedAt: Date;
}

export class EventTypePageDto {
  items: EventTypeDto[];
  nextCursor: string | null;
}
