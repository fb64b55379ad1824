import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { HANDSHAKES, VERIFY_TOKEN_OPTION } from '../handshakes/handshakes.js';
import type { Handshake } from '../handshakes/handshake.js';
import { PRESETS } from '../presets/index.js';
import { FAMILIES } from './families.js';
import { presetsOf, providerPage } from './provider-page.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = 'docs/guides/providers';

describe('a page of providers', () => {
  it.each(FAMILIES.map((family) => [family.page, family] as const))(
    'is made from the presets: %s (update it with npm run docs:providers)',
    async (_, family) => {
      const page = `${root}${folder}/${family.page}.md`;
      const text = await format(providerPage(family, presetsOf(family)), {
        ...(await resolveConfig(page)),
        parser: 'markdown',
      });
      expect(readFileSync(page, 'utf8')).toBe(text);
    },
  );

  it('is there for each family, and no other', () => {
    const pages = globSync(`${folder}/*.md`, { cwd: root }).map((path) => path.slice(folder.length + 1, -3));
    expect(pages.toSorted()).toEqual(FAMILIES.map(({ page }) => page).toSorted());
  });
});

describe('each preset', () => {
  it('is in exactly one family', () => {
    const listed = FAMILIES.flatMap(({ presets }) => presets);
    expect(listed.toSorted()).toEqual([...PRESETS.keys()].toSorted());
  });

  it.each([...PRESETS.values()].map((preset) => [preset.name, preset] as const))(
    'asks for a verify token if its handshake has one: %s',
    (_, { handshakes = [], setup }) => {
      const rules: readonly Handshake[] = handshakes.flatMap(
        (name) => HANDSHAKES[name] as readonly Handshake[],
      );
      const isAsked = VERIFY_TOKEN_OPTION in (setup.options ?? {});
      expect(isAsked).toBe(rules.some(({ verifyToken }) => verifyToken));
    },
  );

  it('is where a handshake is used, for each of the handshakes', () => {
    const used = new Set([...PRESETS.values()].flatMap(({ handshakes = [] }) => handshakes));
    expect([...used].toSorted()).toEqual(Object.keys(HANDSHAKES).toSorted());
  });
});
