import { LOG_LEVELS, type LogLevel } from '../config/sections/log.js';

/** Whether a line of a level is written. A line that takes work to put together is not made for nothing. */
export function isLogged(level: LogLevel, configured: LogLevel): boolean {
  return configured !== 'silent' && LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(configured);
}
