import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { type DynamicModule, Module } from '@nestjs/common';
import { Logger as PinoLogger, LoggerModule } from 'nestjs-pino';
import pretty from 'pino-pretty';
import { trustedProxies } from '../client-address/trusted-proxies.js';
import { Config, type LogConfig } from '../config/index.js';
import { newId } from '../ids/ids.io.js';
import { loggingOptions } from './logging-options.js';

export { PinoLogger };

/** Routes Nest's Logger through pino: `app.useLogger(app.get(PinoLogger))`. Needs ConfigModule. */
@Module({})
export class LoggingModule {
  static forRoot(destination: Writable = process.stdout): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRootAsync({
          inject: [Config],
          useFactory: ({ log, api }: Config) => ({
            pinoHttp: [
              loggingOptions(log, newId, trustedProxies(api.trustedProxies)),
              isForPeople(log, destination) ? forPeople(destination) : destination,
            ],
          }),
        }),
      ],
    };
  }
}

/** Terminals are read by people, everything else by programs. */
function isForPeople({ pretty: asked }: LogConfig, destination: Writable): boolean {
  return asked ?? (destination as Partial<WriteStream>).isTTY === true;
}

function forPeople(destination: Writable) {
  return pretty({ destination, ignore: 'context', messageFormat: '{context}: {msg}' });
}
