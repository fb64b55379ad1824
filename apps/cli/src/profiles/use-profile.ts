import { homedir } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { profileFile, profileOf, readProfiles } from './profile-file.service.js';

interface ProfileOptions {
  url: string;
  key?: string;
  profile?: string;
  configHome: string;
}

/** Commands that send nothing, or that name the installation themselves. */
const WITHOUT_PROFILE = ['login', 'profile', 'completion', 'sign', 'verify'];

/** Options of all commands: which profile, and where the profiles are. */
export function addProfileOptions(program: Command): Command {
  return program
    .addOption(
      new Option('--profile <name>', 'a profile of breakwater login; the current one by default').env(
        'BREAKWATER_PROFILE',
      ),
    )
    .addOption(
      new Option('--config-home <folder>', 'where the folder breakwater with the profiles is')
        .env('XDG_CONFIG_HOME')
        .default(join(homedir(), '.config'), '~/.config'),
    );
}

/** What the command line and the environment leave out comes from the profile. */
export function useProfile(program: Command, command: Command): void {
  if (WITHOUT_PROFILE.includes(topOf(program, command).name())) return;
  const { url, key, profile: name, configHome } = program.opts<ProfileOptions>();
  const hasUrl = program.getOptionValueSource('url') !== 'default';
  if (hasUrl && key !== undefined && name === undefined) return;
  const profiles = readProfiles(profileFile(configHome));
  const chosen = name ?? profiles.current;
  if (chosen === null) return;
  const profile = profileOf(profiles, chosen);
  if (!hasUrl) program.setOptionValueWithSource('url', profile.url, 'profile');
  // A key is only sent to the installation it is for.
  const isSame = !hasUrl || sameUrl(url, profile.url);
  if (key === undefined && isSame) program.setOptionValueWithSource('key', profile.key, 'profile');
}

function topOf(program: Command, command: Command): Command {
  return command.parent === null || command.parent === program ? command : topOf(program, command.parent);
}

function sameUrl(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}
