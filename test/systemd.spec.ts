import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const files = globSync('deploy/systemd/*.service', { cwd: root }).toSorted();
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
/** All values of a setting of a unit. */
const values = (file: string, name: string): string[] =>
  [...text(file).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value!);

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasAnalyze && process.env['CI']) {
  throw new Error(
    'systemd-analyze (of the package systemd) is missing: in CI nothing is skipped for want of it',
  );
}

describe('deploy/systemd', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-systemd-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Units that fit this machine: its Node, folder and user. */
  const here = files.map((file) => {
    const place = join(folder, basename(file));
    const fitted = text(file)
      .replaceAll('/usr/bin/node', process.execPath)
      .replaceAll(/=breakwater$/gm, `=${userInfo().username}`)
      .replaceAll('/opt/breakwater', root);
    writeFileSync(place, fitted);
    return place;
  });
  const analyze = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    // Units of the system that it reads beside ours may have warnings of their own.
    const ours = (stdout + stderr).split('\n').filter((line) => line.includes('breakwater'));
    return `${status}: ${ours.join('\n')}`;
  };

  it('has a unit for each role', () =>
    expect(files.map((file) => basename(file))).toEqual([
      'breakwater-api.service',
      'breakwater-migrate.service',
      'breakwater-worker@.service',
    ]));

  it.skipIf(!hasAnalyze)('is valid for systemd', () => {
    expect(analyze('verify', '--man=no', ...here)).toBe('0: ');
  });

  it.skipIf(!hasAnalyze)('is checked by a program that finds a mistake', () => {
    const wrong = join(folder, 'breakwater-wrong.service');
    writeFileSync(wrong, readFileSync(here[0]!, 'utf8').replace('Restart=always', 'Restart=sometimes'));
    expect(analyze('verify', '--man=no', wrong)).toContain('Failed to parse service restart specifier');
  });

  it.skipIf(!hasAnalyze).each(here)('leaves little to a process that was taken over: %s', (unit) => {
    // From 0 (nothing can be done) to 10; the default is 9.6.
    expect(analyze('security', '--offline=yes', '--no-pager', '--threshold=20', unit)).toMatch(/^0: /);
  });

  describe.each(files)('%s', (file) => {
    it('runs a program that exists, as a user without rights', () => {
      const [command] = values(file, 'ExecStart');
      const program = command!.split(' ').at(-1)!;
      expect(existsSync(join(root, program.replace(/^dist\/(.*)\.js$/, '$1.ts')))).toBe(true);
      expect(values(file, 'User')).toEqual(['breakwater']);
      expect(values(file, 'CapabilityBoundingSet')).toEqual(['']);
      expect(values(file, 'ProtectSystem')).toEqual(['strict']);
    });

    it('has no secret: settings come from a file', () => {
      expect(values(file, 'EnvironmentFile')[0]).toBe('/etc/breakwater/breakwater.env');
      expect(values(file, 'Environment')).toEqual(['NODE_ENV=production']);
    });

    it('gives the process longer to stop than it takes by its settings', () => {
      if (file.includes('migrate')) return expect(values(file, 'TimeoutStartSec')).toEqual(['infinity']);
      // SHUTDOWN_TIMEOUT (30 s), DRAIN_NOTICE (0.5 s) and 10 s more.
      expect(Number(values(file, 'TimeoutStopSec')[0])).toBeGreaterThan(41);
      expect(values(file, 'Restart')).toEqual(['always']);
    });
  });
});
