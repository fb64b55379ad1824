import { LOG_LEVELS, type LogLevel } from '../config/sections/log.js';

/** Whether a line of a level is written, so that an expensive line is not built needlessly. */
export function isLogged(level: LogLevel, configured: LogLevel): boolean {
  return configured !== 'silent' && LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(configured);
}
