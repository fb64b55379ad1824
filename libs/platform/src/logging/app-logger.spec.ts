import type { Logger as PinoLogger } from 'nestjs-pino';
import { describe, expect, it } from 'vitest';
import { AppLogger } from './app-logger.service.js';

const LEVELS = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const;

describe("the application's logger", () => {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (message: unknown, context: unknown): void =>
      void lines.push(`${level} ${String(message)} ${String(context)}`);
  const logger = new AppLogger(
    Object.fromEntries(LEVELS.map((level) => [level, note(level)])) as unknown as PinoLogger,
  );

  it.each(LEVELS)('passes %s on', (level) => {
    logger[level]('something happened', 'Delivery');
    expect(lines.pop()).toBe(`${level} something happened Delivery`);
  });

  it.each(['log', 'debug'] as const)("omits Nest's start-up lines of level %s", (level) => {
    const before = lines.length;
    logger[level]('Mapped {/healthz, GET} route', 'RouterExplorer');
    expect(lines).toHaveLength(before);
  });

  it("passes Nest's warnings on", () => {
    logger.warn('deprecated', 'RouterExplorer');
    expect(lines.pop()).toContain('deprecated');
  });
});
