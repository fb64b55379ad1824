export interface SessionLook {
  /** The role that a statement ran as. */
  role: string;
  searchPath: string;
  /** Its session is one in which a connection of this process made its settings, or needs none. */
  isOurs: boolean;
}

const REMEDY =
  'set the pool_mode of the pooler to session, or set DATABASE_SESSION_URL (docs/operations/pgbouncer.md)';

/** Why statements do not run with the settings that a connection made, or null. */
export function sessionTrouble({ role, searchPath, isOurs }: SessionLook): string | null {
  if (role !== 'breakwater_service')
    return `statements run as the role ${role} and not as breakwater_service; ${REMEDY}`;
  if (searchPath !== 'public') return `the search_path is ${searchPath} and not public; ${REMEDY}`;
  return isOurs ? null : `a pooler lends sessions of PostgreSQL for one transaction; ${REMEDY}`;
}
