import { connect, createServer, type NetConnectOpts } from 'node:net';

/**
 * A program that runs on a host and leads each connection on. Sockets in the file system are reached from every
 * network namespace, so the tests call out of the client's host and answer on the receiver's, and have no network
 * between themselves and the hosts.
 */
export interface Door {
  listen: { path: string } | { host: string; port: number };
  to: { path: string } | { host: string; port: number };
}

const doors = JSON.parse(process.argv[2] ?? '[]') as Door[];
let open = 0;
for (const { listen, to } of doors) {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...to, allowHalfOpen: true } as NetConnectOpts);
    near.pipe(far);
    far.pipe(near);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
  });
  server.listen(listen, () => {
    open += 1;
    if (open === doors.length) process.stdout.write('open\n');
  });
}
