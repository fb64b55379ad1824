import { randomBytes } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { validateManifest } from '@breakwater/manifest';
import { decodeSecret, generateSecret } from '@breakwater/platform';
import {
  decodePrivateKey,
  generateKeyPair,
  jsonWebKey,
  sign,
  signBody,
  type KeyPair,
} from '@breakwater/webhook-client';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../apps/cli/src/program.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  ...globSync('*.md', { cwd: root }),
  ...globSync('{docs,examples}/**/*.md', { cwd: root }),
  ...globSync('libs/*/README.md', { cwd: root }),
];

/** The code blocks of a page in one language. */
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^ *\`\`\`${language}\n([^]*?)^ *\`\`\``, 'gm'))].map(
    ([, code]) => code!,
  );

describe('docs/guides/getting-started.md', () => {
  it('has a manifest that can be copied: valid, and every key of it has an effect', () => {
    const manifests = blocks('docs/guides/getting-started.md', 'json').filter((code) =>
      code.includes('"webhooks":'),
    );
    expect(manifests).toHaveLength(1);
    const verdict = validateManifest(JSON.parse(manifests[0]!));
    expect(verdict).toMatchObject({ ok: true, warnings: [] });
  });
});

describe.each(['README.md', 'docs/guides/operations.md'])('the compose step of %s', (page) => {
  it('makes a file of its own by the script for it, never the .env of npm start', () => {
    const step = blocks(page, 'sh').find((code) => code.includes('docker compose up'))!;
    expect(step).toContain('export COMPOSE_ENV_FILES=.env.compose');
    expect(step).toMatch(/^sh deploy\/compose-secrets\.sh /m);
    expect(step).not.toContain('>');
    expect(read('.gitignore').split('\n')).toContain('.env.compose');
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('has JSON that parses', () => {
    for (const code of blocks(page, 'json')) expect(() => JSON.parse(code), code).not.toThrow();
  });

  it('links only to files and headings that exist', () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    const broken = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  it('names only existing npm scripts', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:]*)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names only existing commands and options of breakwater', () => {
    const lines = [...text.matchAll(/(?:^ *|`)breakwater (?!cannot start)([a-z-].*?)(?:`|$)/gm)].map(
      ([, line]) => line!,
    );
    expect(lines.filter((line) => !isCommandLine(line))).toEqual([]);
  });
});

describe('the examples of docs/guides/calling.md', () => {
  const secret = generateSecret(randomBytes);
  const key = decodeSecret(secret)!;
  const body = Buffer.from('{"n": 1.0, "name": "Zoë"}');
  const nowS = () => Math.floor(Date.now() / 1000);
  const text = Buffer.from(secret);
  const headersAt = (timestampS: number, ...keys: Buffer[]) => ({
    'webhook-id': 'one',
    'webhook-timestamp': String(timestampS),
    'webhook-signature': sign('one', timestampS, body, keys),
    'x-platform-signature': signBody(body, keys[0] === key ? text : keys[0]!),
  });

  it.each(['isSigned', 'hasPlatformSignature', 'verify'])(
    '%s accepts our signature and no other',
    async (name) => {
      const accepts = await example(name);
      expect(accepts(secret, body, headersAt(nowS(), key))).toBe(true);
      expect(accepts(secret, body, headersAt(nowS(), randomBytes(32)))).toBe(false);
      expect(accepts(secret, Buffer.from('{"n": 1}'), headersAt(nowS(), key))).toBe(false);
      expect(accepts(secret, body, {})).toBe(false);
    },
  );

  it.each(['isSigned', 'verify'])(
    '%s accepts the old secret while a new one signs too, and no old call',
    async (name) => {
      const accepts = await example(name);
      expect(accepts(secret, body, headersAt(nowS(), randomBytes(32), key))).toBe(true);
      expect(accepts(secret, body, headersAt(nowS() - 301, key))).toBe(false);
    },
  );
});

describe('isSignedByPlatform of docs/guides/calling.md', () => {
  const [newKey, oldKey] = [generateKeyPair(randomBytes), generateKeyPair(randomBytes)];
  const keys = [newKey, oldKey].map(({ publicKey }, at) => jsonWebKey(String(at), publicKey));
  const body = Buffer.from('{"n": 1.0}');
  const headersAt = (timestampS: number, ...pairs: KeyPair[]) => ({
    'webhook-id': 'one',
    'webhook-timestamp': String(timestampS),
    'webhook-signature': sign('one', timestampS, body, [
      randomBytes(32),
      ...pairs.map(({ privateKey }) => decodePrivateKey(privateKey)!),
    ]),
  });
  const nowS = Math.floor(Date.now() / 1000);

  it.each([
    ['takes a call of the current key', headersAt(nowS, newKey), true],
    ['takes a call of the key before', headersAt(nowS, oldKey), true],
    ['refuses another key', headersAt(nowS, generateKeyPair(randomBytes)), false],
    ['refuses a call without such a signature', headersAt(nowS), false],
    ['refuses an old call', headersAt(nowS - 301, newKey), false],
    ['refuses a call without headers', {}, false],
  ])('%s', async (_, headers, expected) => {
    const accepts = await example('isSignedByPlatform');
    expect(accepts(keys, body, headers as Record<string, string>)).toBe(expected);
    expect(accepts(keys, Buffer.from('{"n": 1}'), headers as Record<string, string>)).toBe(false);
  });
});

type Accepts = (secret: string | object[], body: Buffer, headers: Record<string, string>) => boolean;

/** A function of an example, as written on the page; one that throws counts as false. */
async function example(name: string): Promise<Accepts> {
  const code = blocks('docs/guides/calling.md', 'js').find((block) =>
    block.includes(`export function ${name}(`),
  )!;
  const standardwebhooks = pathToFileURL(createRequire(import.meta.url).resolve('standardwebhooks')).href;
  const source = code.replace("'standardwebhooks'", `'${standardwebhooks}'`);
  const module = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Record<
    string,
    Function
  >;
  return (...args) => {
    try {
      const answer: unknown = module[name]!(...args);
      return answer === undefined ? true : Boolean(answer);
    } catch {
      return false;
    }
  };
}

function withoutBlocks(text: string): string {
  return text.replace(/^ *```[^]*?^ *```/gm, '');
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replace(/`[^`\n]*`/g, '');
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path, anchor] = link.split('#');
  const target = path === '' ? page : relative(root, join(root, dirname(page), path!));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || headingsOf(target).includes(anchor);
}

/** Anchors as GitHub creates them. */
function headingsOf(page: string): string[] {
  return [...withoutBlocks(read(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isCommandLine(line: string): boolean {
  let command: Command | undefined = createProgram({ out: () => undefined, err: () => undefined });
  const known = [command];
  for (const word of line.split(/\s+/).filter((part) => !part.startsWith('-'))) {
    const next: Command | undefined = command.commands.find((one) => one.name() === word);
    if (!next) break;
    known.push((command = next));
  }
  const options = known.flatMap((one) => one.options.map(({ long }) => long));
  const given = [...line.matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option);
  // A group that is also a command, such as apps, has options.
  const isCalled = command.commands.length === 0 || (known.length > 1 && command.options.length > 0);
  return (isCalled || line === '--help') && given.every((option) => options.includes(option));
}
