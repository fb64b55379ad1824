// Renders the chart with Helm itself and compares: `node scripts/helm-judge.mjs`, part of `npm run nightly`. Helm is
// built from its Go module, which takes minutes; every test run uses test/helm/render.go instead.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

await setup({ upTo: 'packages' });
const place = join(root, 'node_modules', '.cache', 'helm');
mkdirSync(place, { recursive: true });
const [, minor] = /go1\.(\d+)/.exec(output('go', ['version'])).map(Number);
// The newest that Debian's Go builds, and one that current versions of Go build.
const version = minor < 24 ? 'v3.11.3' : 'v3.19.0';
run('go', ['install', `helm.sh/helm/v3/cmd/helm@${version}`], {
  GOBIN: place,
  GOTOOLCHAIN: 'local',
  GOFLAGS: '-modcacherw',
  CGO_ENABLED: '0',
});
const helm = join(place, 'helm');
run(helm, ['lint', 'deploy/helm/breakwater', '-f', 'deploy/helm/examples/everything.yaml']);
run(process.execPath, ['scripts/test.mjs', 'test/deploy.spec.ts'], { HELM: helm });

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}

function output(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  console.error(`${command} ${args.join(' ')} failed: ${stderr}`);
  return process.exit(1);
}
