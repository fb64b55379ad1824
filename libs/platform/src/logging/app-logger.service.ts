import type { LoggerService } from '@nestjs/common';
import type { Logger as PinoLogger } from 'nestjs-pino';

/** Contexts of Nest's own start-up logs: 60 lines that nobody needs. */
const START_UP = new Set([
  'InstanceLoader',
  'NestFactory',
  'NestApplication',
  'RouterExplorer',
  'RoutesResolver',
  'WebSocketsController',
]);

/** The application's logger: pino, without Nest's start-up lines below a warning. */
export class AppLogger implements LoggerService {
  constructor(private readonly pino: PinoLogger) {}

  log(message: unknown, ...rest: unknown[]): void {
    if (!START_UP.has(rest.at(-1) as string)) this.pino.log(message, ...(rest as [string]));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    if (!START_UP.has(rest.at(-1) as string)) this.pino.debug(message, ...(rest as [string]));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.pino.verbose(message, ...(rest as [string]));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.pino.warn(message, ...(rest as [string]));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.pino.error(message, ...(rest as [string]));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.pino.fatal(message, ...(rest as [string]));
  }
}
