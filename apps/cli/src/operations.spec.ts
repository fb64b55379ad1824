import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi } from './canned-api.fixture.js';
import { COMMAND_LINES, OPTION_OF, WITHOUT_COMMAND, WITHOUT_OPTION } from './operations.spec-data.js';
import { isTestFile } from '../../../scripts/test-files.mjs';
import { createProgram } from './program.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Documented {
  operationId: string;
  parameters?: { name?: string; in?: string }[];
}

const document = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Documented>>;
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { operationId, parameters = [] }]) => ({
    id: operationId,
    method: method.toUpperCase(),
    path,
    queries: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name!),
  })),
);

describe('the command line does everything that the REST API does', () => {
  const api = new CannedApi();
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => api.stop());

  it('names no operation that there is not', () => {
    const ids = operations.map(({ id }) => id);
    const named = [...Object.keys(COMMAND_LINES), ...Object.keys(WITHOUT_COMMAND)];
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('has a command for each operation, or a reason why not', () => {
    const missing = operations.filter(({ id }) => !(id in COMMAND_LINES) && !(id in WITHOUT_COMMAND));
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  const called = operations.filter(({ id }) => id in COMMAND_LINES);

  it.each(called)('calls $id', async ({ id, method, path }) => {
    api.answerWith({});
    await api.breakwater(...COMMAND_LINES[id]!);
    expect(api.requests[0], api.err.join('\n')).toBeDefined();
    const { method: sent, path: sentTo } = api.requests[0]!;
    const shape = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    expect(sent).toBe(method);
    expect(sentTo.split('?')[0]).toMatch(shape);
  });

  it.each(called.filter(({ queries }) => queries.length > 0))(
    'has an option for each parameter of $id',
    ({ id, queries }) => {
      const command = commandOf(COMMAND_LINES[id]!);
      const options = command.options.map((option) => option.attributeName());
      const without = WITHOUT_OPTION[id] ?? [];
      const missing = queries.filter(
        (name) => !without.includes(name) && !options.includes(OPTION_OF[name] ?? name),
      );
      expect(missing).toEqual([]);
    },
  );
});

describe('the command line', () => {
  // It calls the developer's own server.
  const ofListen = 'apps/cli/src/listen/local-call.service.ts';
  const files = globSync('apps/cli/src/**/*.ts', { cwd: root }).filter(
    (file) => !isTestFile(file) && file !== ofListen,
  );

  it('calls the API by its client only', () => {
    const others = files.filter((file) =>
      /\bfetch\(|from '(undici|node:https?)'/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(others).toEqual([]);
  });
});

function commandOf(line: readonly string[]): Command {
  let command = createProgram({ out: () => undefined, err: () => undefined });
  for (const word of line) {
    const next = command.commands.find((each) => each.name() === word);
    if (!next) break;
    command = next;
  }
  return command;
}
