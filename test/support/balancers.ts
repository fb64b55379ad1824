import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';

export type BalancerName = 'nginx' | 'haproxy';

const fixtures = join(root, 'libs/webhook-client/src/fixtures');
/** Of the certificate that balancers of tests show; it is for 127.0.0.1. */
export const authority = readFileSync(join(fixtures, 'authority.pem'), 'utf8');

/** Debian has them where only root looks. */
const PATH = `${process.env['PATH']}:/usr/sbin`;

export const missingBalancers = (['nginx', 'haproxy'] as const).filter(
  (name) => spawnSync(name, ['-v'], { env: { PATH } }).status !== 0,
);
if (missingBalancers.length > 0 && process.env['CI'])
  throw new Error(`${missingBalancers.join(' and ')} is missing: in CI nothing is skipped for want of it`);

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** nginx does not write it to a pipe. */
const LOG = 'access.log';

/** nginx or HAProxy as our page configures it, over TLS on 127.0.0.1. */
export class Balancer {
  private output = '';

  private constructor(
    readonly name: BalancerName,
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly apis: readonly string[],
  ) {
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /** @param apis ports of the two apis on 127.0.0.1 */
  static async start(name: BalancerName, apis: readonly number[]): Promise<Balancer> {
    const addresses = apis.map((api) => `127.0.0.1:${api}`);
    const folder = mkdtempSync(join(tmpdir(), `breakwater-${name}-`));
    const port = await freePort();
    const args = name === 'nginx' ? nginx(folder, port, addresses) : haproxy(folder, port, addresses);
    const child = spawn(name, args, { env: { PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
    const balancer = new Balancer(name, `https://127.0.0.1:${port}`, child, folder, addresses);
    const isUp = async (): Promise<boolean> => child.exitCode !== null || (await connects(port));
    await eventually(isUp, { limitMs: 10_000, what: `${name} listens` });
    if (child.exitCode !== null) throw new Error(`${name} ended: ${balancer.output}`);
    return balancer;
  }

  /** Everything it wrote. */
  get log(): string {
    const file = join(this.folder, LOG);
    return this.output + (existsSync(file) ? readFileSync(file, 'utf8') : '');
  }

  /** What it reports about the apis. */
  get trouble(): string {
    return this.log
      .split('\n')
      .filter((line) => /\[(error|warn|WARNING|ALERT)\b|^5\d\d /.test(line))
      .slice(-40)
      .join('\n');
  }

  /** How many requests the api at this place answered with 2xx. */
  successesOf(index: number): number {
    const line =
      this.name === 'nginx'
        ? `^2\\d\\d ${this.apis[index]} `
        : ` apis(?:_unchecked)?/api${index + 1} \\S+ 2\\d\\d `;
    return this.log.match(new RegExp(line, 'gm'))?.length ?? 0;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** The published file with our addresses and certificate; each must be in it. */
function published(file: string, changes: [from: string, to: string][]): string {
  let text = readFileSync(join(root, file), 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

function apisAt([first = '', second = '']: readonly string[]): [string, string][] {
  return [
    ['10.0.0.11:3000', first],
    ['10.0.0.12:3000', second],
  ];
}

/** Debian's file includes ours in the same way; only its folders are others. */
function nginx(folder: string, port: number, apis: readonly string[]): string[] {
  const site = published('deploy/nginx/breakwater.conf', [
    ...apisAt(apis),
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['/etc/ssl/breakwater.crt', join(fixtures, 'good.pem')],
    ['/etc/ssl/breakwater.key', join(fixtures, 'key.pem')],
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = [
    'daemon off;',
    // Its workers would not be allowed to look into a folder of root.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'worker_processes 2;',
    `pid ${join(folder, 'pid')};`,
    'error_log stderr warn;',
    'events { worker_connections 1024; }',
    'http {',
    "log_format tried '$status $upstream_addr $upstream_status $time_iso8601 $request';",
    `access_log ${join(folder, LOG)} tried;`,
    ...temporary.map((each) => `${each}_temp_path ${join(folder, each)};`),
    `include ${join(folder, 'site.conf')};`,
    '}',
  ];
  writeFileSync(join(folder, 'site.conf'), site);
  writeFileSync(join(folder, 'nginx.conf'), `${main.join('\n')}\n`);
  return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
}

function haproxy(folder: string, port: number, apis: readonly string[]): string[] {
  const pem = join(folder, 'breakwater.pem');
  writeFileSync(
    pem,
    ['good.pem', 'key.pem'].map((name) => readFileSync(join(fixtures, name), 'utf8')).join(''),
  );
  const config = published('deploy/haproxy/breakwater.cfg', [
    ...apisAt(apis),
    ['bind :443 ', `bind 127.0.0.1:${port} `],
    ['/etc/haproxy/breakwater.pem', pem],
  ]);
  writeFileSync(join(folder, 'haproxy.cfg'), config);
  return ['-db', '-f', join(folder, 'haproxy.cfg')];
}
