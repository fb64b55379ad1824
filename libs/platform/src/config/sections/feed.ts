import { integer } from '../kinds.js';
import { Setting } from '../setting.js';

export class FeedConfig {
  static readonly title = 'Live feed';

  @Setting(
    'FEED_BUFFER_BYTES',
    integer(65_536, 1_073_741_824),
    'Bytes that a watcher of the live feed may leave unread before it is disconnected.',
  )
  readonly bufferBytes: number = 1_048_576;

  @Setting(
    'FEED_RESUME_MAX',
    integer(1000, 1_000_000),
    'Items of the live feed that a watcher gets again when it comes back; older ones are skipped, and it gets their number.',
  )
  readonly resumeMax: number = 100_000;
}
