export class DoctorCheckDto {
  /** `database`, `migrations`, `clock`, `queue`, `workers`, `delivery`, `mail`, `guard`, `encryption` or `partitions`. */
  name: string;
  /** `ok`, `warning`, `failed`, or `skipped` for what is not configured or could not be checked. */
  state: string;
  /** What was found. */
  sentence: string;
  /** What to do, with the name of the setting; null where there is nothing to do. */
  remedy: string | null;
  /** How long the check took, ms. */
  durationMs: number;
}

export class DoctorReportDto {
  /** False when a check failed; warnings and skipped checks do not count. */
  ok: boolean;
  checks: DoctorCheckDto[];
}
