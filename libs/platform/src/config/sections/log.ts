import { flag, oneOf } from '../kinds.js';
import { Setting } from '../setting.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export class LogConfig {
  static readonly title = 'Logging';

  @Setting('LOG_LEVEL', oneOf(...LOG_LEVELS), 'Least severe level that is written.')
  readonly level: LogLevel = 'info';

  @Setting('LOG_PRETTY', flag, 'Coloured lines for people instead of one JSON object per line.', {
    defaultText: 'true on a terminal',
  })
  readonly pretty?: boolean;
}
