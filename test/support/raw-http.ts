import { connect } from 'node:net';

export interface RawAnswer {
  /** Null: the connection ended without an answer. */
  status: number | null;
  headers: Record<string, string>;
  body: Buffer;
  /** Everything that came. */
  text: string;
}

/**
 * Sends bytes over a socket of its own, and reads until the server ends the connection: a request says
 * `Connection: close`, or is of HTTP/1.0.
 */
export async function sendRaw(
  url: string,
  pieces: readonly (string | Buffer)[],
  limitMs = 30_000,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const came: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${limitMs} ms`)), limitMs);
    socket.on('data', (bytes) => came.push(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that does not read to the end may reset the connection after its answer.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return;
      reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    for (const piece of pieces) socket.write(bytesOf(piece));
  });
  return answerOf(Buffer.concat(came));
}

/** The head of a request, each line as given; then an empty line. */
export function head(requestLine: string, ...headers: string[]): Buffer {
  return bytesOf(`${[requestLine, ...headers].join('\r\n')}\r\n\r\n`);
}

/** A body in chunks, with an extension and a trailer, as few senders do. */
export function chunked(...chunks: Buffer[]): Buffer {
  const framed = chunks.flatMap((chunk) => [
    bytesOf(`${chunk.length.toString(16)};a=b\r\n`),
    chunk,
    bytesOf('\r\n'),
  ]);
  return Buffer.concat([...framed, bytesOf('0\r\nX-Trailer: 1\r\n\r\n')]);
}

function bytesOf(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
}

function answerOf(bytes: Buffer): RawAnswer {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1];
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  return {
    status: status === undefined ? null : Number(status),
    headers,
    body: bytes.subarray(end + 4),
    text,
  };
}
