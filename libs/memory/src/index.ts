import { startForMemory } from './memory-settings.js';

/**
 * Imported before anything else by each program that is started with `node`. V8 and malloc read their limits only at
 * the start, so the process replaces itself, under the same id, by one with the limits. Not done when a parent uses
 * Node's own channel, which would be lost; `npm start` gives the settings itself.
 */
// oxlint-disable-next-line node/no-process-env -- handed on as it is
const start = startForMemory({ execArgv: process.execArgv, env: process.env });
if (start !== null && process.platform !== 'win32' && !process.channel) {
  process.execve?.(
    process.execPath,
    [process.execPath, ...start.execArgv, ...process.argv.slice(1)],
    start.env,
  );
}
