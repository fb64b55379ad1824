import { Config } from './config.js';
import { valuesOf } from './describe.js';
import { configTable } from './table.js';

const START = '<!-- config:start -->';
const END = '<!-- config:end -->';

/**
 * The page of settings (docs/reference/settings.md) with the tables between its markers updated.
 * @throws Error when the markers are missing
 */
export function pageWithSettings(page: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`the page lacks ${START} and ${END}`);
  return `${page.slice(0, start + START.length)}\n\n${configTable()}\n${page.slice(end)}`;
}

/** The text of .env.example: every setting commented out, with its default. */
export function envExample(): string {
  const sections = new Map<string, string[]>();
  for (const { setting, value } of valuesOf(new Config())) {
    const lines = sections.get(setting.section) ?? [];
    lines.push(
      `# ${setting.about}`,
      `#${setting.env}=${value === undefined ? '' : setting.kind.show(value)}`,
    );
    sections.set(setting.section, lines);
  }
  const { byCapability } = new Config().timeouts;
  sections
    .get('Timeouts')
    ?.push(
      '# Deadline of one capability, by its name.',
      ...Object.entries(byCapability).map(([name, ms]) => `#WEBHOOK_TIMEOUT_${name.toUpperCase()}=${ms}`),
    );
  const head = [
    '# Copy to .env and change what you need. `npm start` reads all of it, docker compose only what its file names.',
    '# Durations are milliseconds, or 500ms, 30s, 5m, 24h, 7d.',
    '',
  ].join('\n');
  return [head, ...[...sections].map(([title, lines]) => `## ${title}\n${lines.join('\n')}\n`)].join('\n');
}
