/** A name server on UDP: names below `ok.example` are 127.0.0.1, others are never answered. */
import { createSocket } from 'node:dgram';

const A = 1;
const LOOPBACK = Buffer.from([0xc0, 0x0c, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
const LIVING = Buffer.from('\x02ok\x07example\x00', 'latin1');
const HEADER_BYTES = 12;

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
socket.on('message', (question, from) => {
  const at = question.indexOf(LIVING, HEADER_BYTES);
  if (at < 0) return;
  const end = at + LIVING.length + 4;
  const isA = question.readUInt16BE(at + LIVING.length) === A;
  const answer = Buffer.concat([question.subarray(0, end), ...(isA ? [LOOPBACK] : [])]);
  answer.writeUInt16BE(0x8180, 2);
  answer.writeUInt16BE(1, 4);
  answer.writeUInt16BE(isA ? 1 : 0, 6);
  answer.fill(0, 8, HEADER_BYTES);
  socket.send(answer, from.port, from.address);
});
socket.bind(0, '127.0.0.1', () => process.send?.({ port: socket.address().port }));
process.on('disconnect', () => process.exit(0));
