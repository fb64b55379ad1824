/** One broken rule. */
export class ProblemEntryDto {
  /** RFC 6901 pointer to the field. */
  pointer: string;
  /** The rule that was broken. */
  rule: string;
  /** The sentence a person reads. */
  message: string;
  /** What the rule allows. */
  bounds?: unknown;
  /** The value that was sent. */
  value?: unknown;
}

/** RFC 9457 problem details. */
export class ProblemDto {
  /** `urn:breakwater:error:` and the code. */
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Stable; see docs/reference/errors.md. */
  code: string;
  requestId: string;
  problems?: ProblemEntryDto[];
}
