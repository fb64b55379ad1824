import { Config } from './config.js';
import { valuesOf } from './describe.js';

/** The settings as Markdown, a table per section, for docs/reference/settings.md. */
export function configTable(): string {
  const sections = new Map<string, string[]>();
  for (const { setting, value } of valuesOf(new Config())) {
    const fallback = setting.defaultText ?? (value === undefined ? undefined : setting.kind.show(value));
    const shown = setting.required ? '**required**' : fallback === undefined ? '–' : `\`${fallback}\``;
    const rows = sections.get(setting.section) ?? [];
    rows.push(`| \`${setting.env}\` | ${shown} | ${setting.about} |`);
    sections.set(setting.section, rows);
  }
  const { byCapability } = new Config().timeouts;
  const shipped = Object.entries(byCapability).map(([name, ms]) => `\`${name.toUpperCase()}=${ms}\``);
  const about = 'Deadline by capability, 1000 to 60000 (a sync call never takes more than 30000).';
  sections.get('Timeouts')?.push(`| \`WEBHOOK_TIMEOUT_<CAPABILITY>\` | ${shipped.join(', ')} | ${about} |`);
  const head = '| Variable | Default | Meaning |\n|---|---|---|';
  return [...sections].map(([title, rows]) => `## ${title}\n\n${head}\n${rows.join('\n')}\n`).join('\n');
}
