import { PassThrough } from 'node:stream';
import { Injectable, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { ConfigModule, configFrom } from '../config/index.js';
import { LoggingModule, PinoLogger } from './index.js';

const lines = new PassThrough();

@Injectable()
class Worker {
  readonly logger = new Logger(Worker.name);
}

@Module({
  imports: [
    ConfigModule.forRoot(configFrom({ LOG_PRETTY: 'true' }, { standalone: true })),
    LoggingModule.forRoot(lines),
  ],
  providers: [Worker],
})
class App {}

describe('LoggingModule', () => {
  it('replaces Nest’s logger, pretty where configured, also in a process without HTTP', async () => {
    const context = await NestFactory.createApplicationContext(App, { logger: false });
    context.useLogger(context.get(PinoLogger));
    context.get(Worker).logger.log('ready');
    const [line] = (await lines.take(1).toArray()) as Buffer[];
    expect(String(line)).toMatch(/INFO.*Worker: ready/s);
    await context.close();
  });
});
