import type { Command } from 'commander';
import { jsonOf, wholeNumber } from '../arguments.js';
import { plainText } from '../plain-text.js';
import type { Output } from '../session.service.js';
import { facts } from '../table.js';
import { bytesOf } from './file.js';
import { addCall, factsAndTables } from './one-call.js';
import { withPaging } from './paging.js';

/** Adds to `apps`, which addManifestCommands added before. */
export function addAppCommands(program: Command, output: Output): void {
  // Options behind the name of a subcommand are its own.
  const apps = program.commands.find((command) => command.name() === 'apps')!.enablePositionalOptions();
  addCall(apps, output, {
    usage: 'show <app>',
    description: 'one app: its manifest, its state and its timeouts',
    call: ([app = '']) => ({ path: pathOf(app) }),
  });
  addCall(apps, output, {
    usage: 'summaries',
    description: 'how all apps are, the worst first',
    options: (command) =>
      withPaging(command)
        .option('--sort <order>', 'worst, name, lastSeen')
        .option('--search <text>', 'occurs in the id or the name')
        .option('--state <state>', 'failing, degraded, ok, idle, paused, disabled'),
    call: (_, query) => ({ path: ['admin', 'app-summaries'], query }),
    columns: {
      app: 'appId',
      name: 'name',
      state: 'state',
      'success rate': 'successRate',
      'p95 ms': 'p95Ms',
      'open breakers': 'openBreakers',
      'dead letters': 'deadLetters',
      reason: 'reason',
    },
  });
  addCall(apps, output, {
    usage: 'update <app>',
    description:
      'set timeouts, signatures, or the sites that may frame its portal; pause and disable it apart',
    options: (command) =>
      command
        .option('--timeouts <json>', 'by capability, ms: {"report":5000}')
        .option('--signatures <names...>', 'v1, or v1 and v1a')
        .option('--portal-origins <origins...>', 'such as https://admin.example.com'),
    call: ([app = ''], { timeouts, signatures, portalOrigins }) => ({
      method: 'PATCH',
      path: pathOf(app),
      body: {
        webhookTimeouts: timeouts === undefined ? undefined : jsonOf(timeouts, '--timeouts'),
        signatures,
        portalOrigins,
      },
    }),
  });
  addCall(apps, output, {
    usage: 'delete <app>',
    description: 'delete an app; refused while deliveries wait, unless forced',
    options: (command) => command.option('--force', 'cancel what waits'),
    call: ([app = ''], { force }) => ({ method: 'DELETE', path: pathOf(app), query: { force } }),
  });
  addCall(apps, output, {
    usage: 'rotate-secret <app>',
    description: 'create a new signing secret, or bring your own; it is shown once',
    options: (command) =>
      command
        .option(
          '--overlap <ms>',
          'how long the old one signs beside it; 24 h (86400000) by default, 0: not at all',
          wholeNumber,
        )
        .option('--secret-file <file>', 'a secret of your own instead: whsec_ and 24 to 64 bytes in base64'),
    call: async ([app = ''], { overlap, secretFile }) => ({
      method: 'POST',
      path: [...pathOf(app), 'signing-secret', 'rotate'],
      body: {
        overlapMs: overlap,
        signingSecret: secretFile === undefined ? undefined : (await bytesOf(secretFile)).toString().trim(),
      },
    }),
  });
  addVersionCommands(apps, output);
  addCall(apps, output, {
    usage: 'series <app>',
    description: 'durations, answers and errors of its deliveries over time; --json has the points',
    options: (command) =>
      command
        .option('--window <window>', '1h, 6h, 24h (the default), 7d, 30d')
        .option('--from <time>', 'instead of a window: ISO 8601 with a time zone')
        .option('--to <time>', 'until this moment; now by default')
        .option('--capability <name>'),
    call: ([app = ''], query) => ({ path: [...pathOf(app), 'series'], query }),
    lines: ({ series: _, markers, capabilities, totals, ...about }: Series) => [
      ...facts({ ...about, ...totals }),
      ...factsAndTables({ capabilities, markers }),
    ],
  });
}

interface Series {
  series: object[];
  markers: object[];
  capabilities: object[];
  totals: object;
}

function addVersionCommands(apps: Command, output: Output): void {
  addCall(apps, output, {
    usage: 'versions <app>',
    description: 'the versions of its manifest, newest first',
    options: withPaging,
    call: ([app = ''], query) => ({ path: [...pathOf(app), 'manifests'], query }),
    columns: { version: 'version', by: 'createdBy', created: 'createdAt', digest: 'digest' },
  });
  addCall(apps, output, {
    usage: 'version <app> <version>',
    description: 'one version of its manifest, as JSON',
    call: ([app = '', version = '']) => ({ path: [...pathOf(app), 'manifests', version] }),
    lines: ({ document }: { document: object }) => jsonLines(document),
  });
  addCall(apps, output, {
    usage: 'rollback <app> <version>',
    description: 'register an old version again, as the next one',
    call: ([app = '', version = '']) => ({
      method: 'POST',
      path: [...pathOf(app), 'manifests', version, 'rollback'],
    }),
  });
  addCall(apps, output, {
    usage: 'schema',
    description: 'the JSON Schema of a manifest, for editors',
    call: () => ({ path: ['manifest.schema.json'] }),
    lines: jsonLines,
  });
}

/** A document with its line breaks, but without control characters in its texts. */
function jsonLines(document: object): string[] {
  return JSON.stringify(document, null, 2)
    .split('\n')
    .map((line) => line.slice(0, line.search(/\S/)) + plainText(line));
}

function pathOf(app: string): string[] {
  return ['admin', 'apps', app];
}
