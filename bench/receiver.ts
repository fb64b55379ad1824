/**
 * Answers, and counts how often each webhook-id came. A process of its own, so that it shares no core time with what
 * is measured. Below /never it never answers, below /slow after 2 s, below /fail with 500, below /flap alternately
 * with 500 and 200, below /busy at once; those calls are not counted.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const SLOW_MS = 2_000;

let seen = new Map<string, number>();
/** From `sentAt` in a body until the call arrived, ms. */
let latenciesMs: number[] = [];
/** Of all bodies that were counted. */
let bytes = 0;
let wanted = Infinity;
let flapped = 0;

const server = createServer((request, response) => {
  const path = request.url ?? '/';
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (path.startsWith('/never')) return;
    if (path.startsWith('/slow')) return void setTimeout(() => answer(response, 200), SLOW_MS);
    if (path.startsWith('/fail')) return answer(response, 500);
    if (path.startsWith('/flap')) return answer(response, ++flapped % 2 ? 500 : 200);
    answer(response, 200);
    if (path.startsWith('/busy')) return;
    count(request, chunks);
  });
});

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end('{"success":true}');
}

function count(request: IncomingMessage, chunks: Buffer[]): void {
  for (const chunk of chunks) bytes += chunk.length;
  const sentAt = /"sentAt":(\d{13})/.exec(Buffer.concat(chunks).toString('latin1'))?.[1];
  if (sentAt !== undefined) latenciesMs.push(Date.now() - Number(sentAt));
  const id = String(request.headers['webhook-id'] ?? request.headers['breakwater-id']);
  seen.set(id, (seen.get(id) ?? 0) + 1);
  if (seen.size === wanted) report();
}

function report(): void {
  wanted = Infinity;
  const doubled = [...seen.values()].filter((times) => times > 1).length;
  process.send?.({ done: process.hrtime.bigint().toString(), ids: seen.size, doubled, bytes, latenciesMs });
}

server.keepAliveTimeout = 30_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', (asked: { expect?: number; report?: true }) => {
  if (asked.report) return report();
  seen = new Map();
  latenciesMs = [];
  bytes = 0;
  wanted = asked.expect ?? Infinity;
  process.send?.('counting');
});
process.on('disconnect', () => process.exit(0));
