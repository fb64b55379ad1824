/**
 * Prisma writes a timestamp without its offset and reads it as if the offset were +00:00, so a session in any other
 * zone would change every time by its offset. A startup option wins over the settings of server, database and role.
 */
const IN_UTC = '-c timezone=UTC';

/**
 * Where a session goes and what it becomes. Every session of the product is opened with this.
 * @param url a PostgreSQL URL; `options` in it are kept, and lose against ours
 * @param settings further startup options, `-c name=value`
 */
export function connectionTo(url: string, settings = ''): { connectionString: string; options: string } {
  const { rest, options } = withoutOptions(url);
  return { connectionString: rest, options: [options, IN_UTC, settings].filter(Boolean).join(' ') };
}

/** pg lets `options` in the URL replace those given beside it, so they are taken out. */
function withoutOptions(url: string): { rest: string; options: string } {
  const [target = '', query] = url.split('?', 2);
  if (query === undefined) return { rest: url, options: '' };
  const parameters = new URLSearchParams(query);
  const options = parameters.get('options');
  if (options === null) return { rest: url, options: '' };
  parameters.delete('options');
  const rest = parameters.size > 0 ? `${target}?${parameters.toString()}` : target;
  return { rest, options };
}
