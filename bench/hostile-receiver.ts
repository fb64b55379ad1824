/**
 * Misbehaves by path: /headers answers with 64,000 tiny headers, /closing answers the first request of a connection
 * and closes at the second, /fine behaves well.
 */
import { createServer, type AddressInfo } from 'node:net';

const HEADERS = Buffer.from(`HTTP/1.1 200 OK\r\n${'a:\r\n'.repeat(64_000)}\r\n`);
const FINE = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"success":true}');

const server = createServer((socket) => {
  let requests = 0;
  socket.on('error', () => undefined);
  socket.on('data', (piece) => {
    if (!piece.includes('POST /')) return; // More of a body.
    requests += 1;
    if (piece.includes('POST /headers')) socket.write(HEADERS);
    else if (requests === 1 || piece.includes('POST /fine')) socket.write(FINE);
    else socket.destroy();
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
