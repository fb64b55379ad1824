import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../docs/adr/', import.meta.url));
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const records = globSync('[0-9]*.md', { cwd: folder }).toSorted();

/** Cells of the list, by the file that their first link names. */
const list = new Map(
  read('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| ['))
    .map((line) => {
      const [page = '', title, status, date] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return [/\]\((.+)\)/.exec(page)?.[1], { title, status, date }] as const;
    }),
);

describe('the list of decisions', () => {
  it('has every record, in the order of numbers, and nothing else', () => {
    expect([...list.keys()]).toEqual(records);
  });

  it('has each number once', () => {
    const numbers = records.map((file) => file.slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe.each(records)('%s', (file) => {
  const text = read(file);
  const status = /^- Status: (.+)$/m.exec(text)?.[1] ?? '';

  it('begins with its number, title, status and date', () => {
    expect(text).toMatch(/^# \d{4} .+\n\n- Status: .+\n- Date: \d{4}-\d\d-\d\d\n\n## Context\n/);
    expect(text.slice(2, 6)).toBe(basename(file).slice(0, 4));
  });

  it('has the sections Context, Decision and Consequences, and optionally Considered before the last', () => {
    const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const others = sections.filter((heading) => heading !== 'Considered');
    expect(others).toEqual(['Context', 'Decision', 'Consequences']);
    if (others.length < sections.length) expect(sections.at(-2)).toBe('Considered');
  });

  it('is accepted, or superseded by a record that exists', () => {
    if (status === 'Accepted') return;
    const successor = /^Superseded by \[\d{4}\]\((.+)\)$/.exec(status)?.[1];
    expect(successor, status).toBeDefined();
    expect(existsSync(join(folder, successor!))).toBe(true);
  });

  it('is in the list with its title, status and date', () => {
    expect(list.get(file)).toEqual({
      title: /^# \d{4} (.+)$/m.exec(text)?.[1],
      status: status.charAt(0).toLowerCase() + status.slice(1),
      date: /^- Date: (.+)$/m.exec(text)?.[1],
    });
  });
});
