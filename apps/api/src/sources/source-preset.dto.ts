import { ApiProperty } from '@nestjs/swagger';

export class PresetOptionDto {
  name: string;
  description: string;
}

/** A provider whose requests can be verified. */
export class SourcePresetDto {
  /** The value of `preset`. */
  name: string;
  title: string;
  /** The provider's page about its signatures. */
  docs: string;
  /** Where in the provider's pages a webhook is made. */
  where: string;
  /** What is pasted there, and what is pasted here. */
  paste: string;
  /** Whether it is verified with a secret or a public key that is pasted; otherwise the provider's keys are fetched. */
  takesSecret: boolean;
  /** What the secret looks like and where it is found. */
  secretHint: string;
  /** Further members of `verification`. */
  options: PresetOptionDto[];
  /** Largest difference between the signed time and now, seconds; null: no time is signed, or it is not limited. */
  toleranceSeconds: number | null;
  /** Where the id stands that repeats have, too; several texts make one id together. Empty: there is none. */
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  dedupeId: Record<string, unknown>[];
  /** Challenges of the provider that are answered. */
  handshakes: string[];
  /** What else one must know. */
  note: string | null;
  /** The npm package of the provider with which it was checked; null: with our own examples only. */
  checkedWith: string | null;
}

export class SourcePresetListDto {
  items: SourcePresetDto[];
}
