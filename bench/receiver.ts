/** Answers everything with 200 and remembers how often each webhook-id came. A process of its own: it shares no core time with what is measured. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

let seen = new Map<string, number>();
let wanted = Infinity;

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const id = String(request.headers['webhook-id']);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}');
    if (seen.size === wanted)
      process.send?.({
        done: process.hrtime.bigint().toString(),
        ids: seen.size,
        doubled: [...seen.values()].filter((times) => times > 1).length,
      });
  });
});
server.keepAliveTimeout = 30_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', (count: number) => {
  seen = new Map();
  wanted = count;
});
process.on('disconnect', () => process.exit(0));
