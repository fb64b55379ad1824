import { createSocket } from 'node:dgram';
import ipaddr from 'ipaddr.js';

/** The records of a name: addresses of both kinds, with or without an alias. */
export interface Records {
  alias?: string;
  addresses: string[];
  /** Milliseconds until it answers for one kind; Infinity for never. */
  lateMs?: { ipv4?: number; ipv6?: number };
}

/**
 * Returns the records of a name now: null means no such name. `asked` counts the queries for its IPv4 addresses, this
 * one included.
 */
export type Zone = (name: string, asked: number) => Records | string[] | 'silence' | null;

const A = 1;
const CNAME = 5;
const AAAA = 28;

/** A name server on UDP whose answers may change with every query. */
export class DnsServer {
  private readonly socket = createSocket('udp4');
  private readonly questions = new Map<string, number>();
  private isOpen = true;

  constructor(zone: Zone) {
    this.socket.on('message', (message, from) => {
      const { name, type, end } = questionOf(message);
      if (type === A) this.questions.set(name, this.asked(name) + 1);
      const held = zone(name, Math.max(1, this.asked(name)));
      if (held === 'silence') return;
      const kept = Array.isArray(held) ? { addresses: held } : held;
      const records = kept ? recordsOf(kept, type) : [];
      const header = Buffer.alloc(12);
      header.writeUInt16BE(message.readUInt16BE(0), 0);
      header.writeUInt16BE(held ? 0x8180 : 0x8183, 2);
      header.writeUInt16BE(1, 4);
      header.writeUInt16BE(records.length, 6);
      const answer = Buffer.concat([header, message.subarray(12, end), ...records]);
      const lateMs = kept?.lateMs?.[type === A ? 'ipv4' : 'ipv6'] ?? 0;
      const send = (): void => void (this.isOpen && this.socket.send(answer, from.port, from.address));
      if (lateMs === 0) send();
      else if (Number.isFinite(lateMs)) setTimeout(send, lateMs).unref();
    });
  }

  /** The names whose IPv4 addresses were queried. */
  get names(): string[] {
    return [...this.questions.keys()];
  }

  /** How often the IPv4 addresses of a name were queried. */
  asked(name: string): number {
    return this.questions.get(name) ?? 0;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.socket.bind(0, '127.0.0.1', resolve));
    return this;
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }
}

function questionOf(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function recordsOf({ alias, addresses }: Records, type: number): Buffer[] {
  const kind = type === A ? 'ipv4' : type === AAAA ? 'ipv6' : null;
  const fitting = addresses.map((address) => ipaddr.parse(address)).filter((each) => each.kind() === kind);
  // 0xc00c refers to the name in the query.
  const owner = alias === undefined ? Buffer.from([0xc0, 0x0c]) : encoded(alias);
  const data = fitting.map((address) => record(owner, type, Buffer.from(address.toByteArray())));
  return alias === undefined ? data : [record(Buffer.from([0xc0, 0x0c]), CNAME, encoded(alias)), ...data];
}

/** A record that must not be cached. */
function record(owner: Buffer, type: number, data: Buffer): Buffer {
  return Buffer.concat([owner, Buffer.from([0, type, 0, 1, 0, 0, 0, 0, 0, data.length]), data]);
}

function encoded(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
