import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../failures.js';

/** An installation and a key for it. */
export interface Profile {
  url: string;
  key?: string;
}

export interface Profiles {
  /** The one that is used when none is named. */
  current: string | null;
  profiles: Record<string, Profile>;
}

const NAME = /^[\w.-]{1,64}$/;

/** @param configHome `$XDG_CONFIG_HOME` */
export function profileFile(configHome: string): string {
  return join(configHome, 'breakwater', 'profiles.json');
}

/** @throws UsageError when it cannot be read, or when others may read it; a missing file has no profiles */
export function readProfiles(file: string): Profiles {
  const text = textOf(file);
  if (text === null) return { current: null, profiles: {} };
  const { mode } = statSync(file);
  // On Windows the mode says nothing.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new UsageError(
      `${file} contains keys, and other users of this computer may read or change it: run chmod 600 ${file}`,
    );
  return profilesIn(text, file);
}

/** Replaces the file; only its owner may read it. */
export function writeProfiles(file: string, profiles: Profiles): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600); // A file that was left behind keeps its mode.
  renameSync(draft, file);
}

/** The profile with this name. @throws UsageError when there is none */
export function profileOf({ profiles }: Profiles, name: string): Profile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found) return found;
  const names = Object.keys(profiles);
  throw new UsageError(
    `there is no profile "${name}"; ${names.length === 0 ? 'breakwater login makes one' : `there are: ${names.join(', ')}`}`,
  );
}

/** @throws UsageError */
export function checkProfileName(name: string): void {
  if (!NAME.test(name))
    throw new UsageError(`the name of a profile is 1 to 64 letters, digits, ".", "_" or "-", not "${name}"`);
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function profilesIn(text: string, file: string): Profiles {
  try {
    const { current = null, profiles } = JSON.parse(text) as Partial<Profiles>;
    const isRight = Object.values(profiles ?? []).every(({ url }) => typeof url === 'string');
    if (typeof profiles === 'object' && profiles !== null && isRight) return { current, profiles };
  } catch {
    // Told below.
  }
  throw new UsageError(`${file} is damaged: remove it, and run breakwater login again`);
}
