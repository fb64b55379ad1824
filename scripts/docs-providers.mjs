// Writes docs/guides/providers/*.md from the presets (npm run docs:providers). Needs a build.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { FAMILIES } from '../dist/libs/inbound/src/providers/families.js';
import { presetsOf, providerPage } from '../dist/libs/inbound/src/providers/provider-page.js';

for (const family of FAMILIES) {
  const page = fileURLToPath(new URL(`../docs/guides/providers/${family.page}.md`, import.meta.url));
  const options = await resolveConfig(page);
  const text = providerPage(family, presetsOf(family));
  await writeFile(page, await format(text, { ...options, parser: 'markdown' }));
}
