import { readDatabaseUrl, type DatabaseHost, type SessionAttrs } from './database-url.js';

/**
 * Prisma writes timestamps without an offset and reads them as UTC, so a session in any other zone would shift every
 * time. A startup option overrides the settings of server, database and role.
 */
const IN_UTC = '-c timezone=UTC';

/** By default the schema that is called like the login comes first: the login `breakwater` has one, for publishers. */
const IN_PUBLIC = '-c search_path=public';

/** What a `DatabaseClient` connects to. */
export interface ConnectionTarget {
  connectionString: string;
  options: string;
  /** Tried in this order. */
  hosts: DatabaseHost[];
  attrs: SessionAttrs;
}

/**
 * The connection options that every session of the product uses.
 * @param url a PostgreSQL URL; `options` in it are kept, and ours override them
 * @param settings further startup options, `-c name=value`
 */
export function connectionTo(url: string, settings = ''): ConnectionTarget {
  const { hosts, attrs, first } = readDatabaseUrl(url)!;
  const { rest, options } = withoutOptions(first);
  return {
    connectionString: rest,
    options: [options, IN_UTC, IN_PUBLIC, settings].filter(Boolean).join(' '),
    hosts,
    attrs,
  };
}

/** In pg, `options` in the URL replace the ones that are passed separately, so they are removed from the URL. */
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
