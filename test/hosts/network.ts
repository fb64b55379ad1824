import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '@breakwater/testing/eventually.js';

/** Each host with the last number of its address. */
const NUMBERS = {
  api1: 11,
  api2: 12,
  worker1: 13,
  worker2: 14,
  postgres1: 21,
  postgres2: 22,
  redis1: 31,
  redis2: 32,
  quorum1: 41,
  quorum2: 42,
  quorum3: 43,
  receiver: 51,
  client: 61,
} as const;
export type HostName = keyof typeof NUMBERS;
export const HOSTS = Object.keys(NUMBERS) as HostName[];
/** The network of the hosts. It exists in their namespaces only. */
export const SUBNET = '10.213.0.0/24';

const SWITCH = 'switch';
const WIRE = 'wire';
const WIRE_ADDRESS = '10.213.0.71';
const WIRE_PROGRAM = fileURLToPath(new URL('wire.py', import.meta.url));
/** Packets that pass the wire are not sent back to the short way, and not dropped for coming another way. */
const BY_THE_WIRE =
  'for f in all default eth0; do c=/proc/sys/net/ipv4/conf/$f; echo 0 >$c/rp_filter; echo 0 >$c/accept_redirects; echo 0 >$c/send_redirects; done';

export function addressOf(host: HostName): string {
  return `10.213.0.${NUMBERS[host]}`;
}

/** What happens to the packets of one direction. */
export interface Trouble {
  delayMs: number;
  /** Share of the packets that are lost: 1 is a cut. */
  loss: number;
}

export const CUT: Trouble = { delayMs: 0, loss: 1 };

/**
 * One network namespace for each host, all connected to a bridge in a namespace of its own: nothing leads out of them.
 * A pair of hosts in trouble sends its packets through a wire that delays and loses them.
 */
export class Network {
  private wire: ChildProcess | undefined;
  private said = '';
  private readonly diverted: [from: HostName, to: HostName][] = [];

  constructor(private readonly prefix: string) {}

  async start(): Promise<void> {
    const inSwitch = this.named(SWITCH);
    run('ip', ['netns', 'add', inSwitch]);
    run('ip', ['-n', inSwitch, 'link', 'add', 'bridge0', 'type', 'bridge']);
    run('ip', ['-n', inSwitch, 'link', 'set', 'bridge0', 'up']);
    for (const host of HOSTS) this.connect(host, addressOf(host), NUMBERS[host]);
    this.connect(WIRE, WIRE_ADDRESS, 71);
    await this.startWire();
  }

  /** The network namespace of a host. */
  namespaceOf(host: HostName): string {
    return this.named(host);
  }

  /** From now on the packets from one host to another have this trouble; those of the other direction do not. */
  async trouble(from: HostName, to: HostName, { delayMs, loss }: Trouble): Promise<void> {
    await this.tell(`set ${addressOf(from)} ${addressOf(to)} ${delayMs} ${loss}`);
    const route = ['route', 'replace', `${addressOf(to)}/32`, 'via', WIRE_ADDRESS, 'dev', 'eth0'];
    run('ip', ['-n', this.named(from), ...route]);
    this.diverted.push([from, to]);
  }

  async troubleBoth(one: HostName, other: HostName, trouble: Trouble): Promise<void> {
    await this.trouble(one, other, trouble);
    await this.trouble(other, one, trouble);
  }

  /** Ends all trouble between hosts. */
  async heal(): Promise<void> {
    await this.tell('clear');
    for (const [from, to] of this.diverted.splice(0))
      spawnSync('ip', ['-n', this.named(from), 'route', 'del', `${addressOf(to)}/32`]);
  }

  /** Nobody reaches the host, and nobody is told: as when its power fails. */
  unplug(host: HostName): void {
    run('ip', ['-n', this.named(host), 'link', 'set', 'eth0', 'down']);
  }

  plugIn(host: HostName): void {
    run('ip', ['-n', this.named(host), 'link', 'set', 'eth0', 'up']);
  }

  stop(): void {
    this.wire?.stdin?.end();
  }

  private named(host: string): string {
    return `${this.prefix}${host}`;
  }

  private connect(host: string, address: string, number: number): void {
    const name = this.named(host);
    const port = `port${number}`;
    run('ip', ['netns', 'add', name]);
    const peer = ['peer', 'name', port, 'netns', this.named(SWITCH)];
    run('ip', ['-n', name, 'link', 'add', 'eth0', 'type', 'veth', ...peer]);
    run('ip', ['-n', this.named(SWITCH), 'link', 'set', port, 'master', 'bridge0', 'up']);
    run('ip', ['-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0']);
    for (const device of ['lo', 'eth0']) run('ip', ['-n', name, 'link', 'set', device, 'up']);
    run('nsenter', [`--net=/run/netns/${name}`, 'sh', '-c', BY_THE_WIRE]);
  }

  private async startWire(): Promise<void> {
    const name = this.named(WIRE);
    const child = spawn('nsenter', [`--net=/run/netns/${name}`, '/usr/bin/python3', WIRE_PROGRAM], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.wire = child;
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    await eventually(() => this.said.includes('open\n'), { what: 'the wire is open' });
    run('ip', ['-n', name, 'link', 'set', 'wire0', 'up']);
    run('ip', ['-n', name, 'rule', 'add', 'iif', 'eth0', 'lookup', '100']);
    run('ip', ['-n', name, 'route', 'add', 'default', 'dev', 'wire0', 'table', '100']);
    const forward = `${BY_THE_WIRE}; echo 0 >/proc/sys/net/ipv4/conf/wire0/rp_filter; echo 1 >/proc/sys/net/ipv4/ip_forward`;
    run('nsenter', [`--net=/run/netns/${name}`, 'sh', '-c', forward]);
  }

  private async tell(rule: string): Promise<void> {
    this.said = '';
    this.wire?.stdin?.write(`${rule}\n`);
    await eventually(() => this.said.includes(`${rule}\n`), { what: `the wire obeys ${rule}` });
  }
}

/** @throws Error with what the program said, when its exit code is not 0 */
export function run(program: string, args: readonly string[], env = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error?.message ?? stderr}`);
  return stdout;
}
