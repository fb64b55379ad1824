import { duration, integer } from '../kinds.js';
import { Setting } from '../setting.js';

export class InboundConfig {
  static readonly title = 'Captured requests';

  @Setting(
    'INBOUND_DEDUPE_TTL',
    duration(1000, 30 * 86_400_000),
    'How long the id of a captured request is remembered: a repeat within it makes no other event.',
  )
  readonly dedupeTtlMs: number = 86_400_000;

  @Setting(
    'INBOUND_AT_ONCE',
    integer(1, 10_000),
    'Requests to one source that a process takes at once; more are answered with 503.',
  )
  readonly atOnce: number = 200;

  @Setting(
    'INBOUND_REJECTED_PER_MINUTE',
    integer(0, 100_000),
    'Rejected requests and handshakes of one source that a process stores in a minute; more are only counted.',
  )
  readonly rejectedPerMinute: number = 60;
}
