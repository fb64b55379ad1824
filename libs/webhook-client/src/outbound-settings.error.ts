import { BreakwaterError } from '@breakwater/platform';
import type { Problem } from '@breakwater/platform';

/** OUTBOUND_ALLOW or OUTBOUND_DNS_SERVERS contain malformed entries; each has its problem. */
export class OutboundSettingsError extends BreakwaterError {
  readonly code = 'OUTBOUND_SETTINGS_INVALID';
  constructor(override readonly problems: Problem[]) {
    super(problems.map((problem) => problem.message).join('; '));
  }
}
