/** Bytes of one answer that are not body: status lines, fields, interim answers, chunk extensions, trailers. */
export const HEAD_MAX_BYTES = 16 * 1024;
/** Lines of one answer that are not body, interim answers and trailers included. */
export const HEAD_MAX_LINES = 256;
/** Chunks of one answer. */
export const CHUNKS_MAX = 8192;
/** Interim (1xx) answers before the real one. */
export const INTERIM_MAX = 10;

/** Why an answer is not read any further. */
export interface Breach {
  code: 'HEAD_TOO_LONG' | 'HEAD_TOO_MANY_LINES' | 'TOO_MANY_CHUNKS' | 'INTERIM_FLOOD' | 'UPGRADE';
  message: string;
}

type State =
  /** Before a status line. */
  | 'start'
  /** In the answer's own head. */
  | 'head'
  /** In the head of a 1xx, which the parser does not get. */
  | 'interim'
  | 'chunk_size'
  | 'chunk_data'
  | 'trailers'
  /** Body that costs the parser nothing per byte, or bytes after the answer. */
  | 'rest';

const LF = 10;
const CR = 13;
const NOTHING = Buffer.alloc(0);
const CHUNKED = 'transfer-encoding:';
const CHUNK_SIZE = /^[0-9a-f]+/i;
/** Longest beginning of a line that is inspected. */
const LINE_START = CHUNKED.length;

/**
 * Reads the bytes before the HTTP parser, and ends an answer that exceeds a limit. This is needed because undici 8.12
 * creates an error with a stack for each field past its limit, and does not count trailers, chunks or interim answers
 * at all. It also removes 1xx answers, because undici refuses an unexpected 100, which RFC 9110 15.2 requires to
 * accept.
 *
 * It follows the framing only as far as needed for counting. If it and the parser disagree, the parser decides: all
 * bytes except those of interim answers are passed on unchanged.
 * @see docs/adr/0023-one-more-try-and-a-scanner-before-the-parser.md
 */
export class AnswerScanner {
  /** Set once; after that nothing is passed on. */
  breach: Breach | null = null;
  /** Bytes received since `begin`, interim answers included. */
  bytes = 0;
  #state: State = 'start';
  #headBytes = 0;
  #lines = 0;
  #interims = 0;
  #chunks = 0;
  #chunked = false;
  /** Of the chunk, including its line end. */
  #dataLeft = 0;
  /** The beginning of an incomplete line, and its length so far. */
  #line = '';
  #lineLength = 0;
  /** The beginning of a status line that may still become one of a 1xx. */
  #held: Buffer = NOTHING;

  /** A request is sent: the next bytes are its answer. */
  begin(): void {
    this.bytes = 0;
    this.#state = 'start';
    this.#headBytes = 0;
    this.#lines = 0;
    this.#interims = 0;
    this.#chunks = 0;
    this.#chunked = false;
    this.#line = '';
    this.#lineLength = 0;
    this.#held = NOTHING;
  }

  /** Returns the bytes that the parser may see. */
  take(piece: Buffer): Buffer {
    this.bytes += piece.length;
    if (this.breach) return NOTHING;
    if (this.#state === 'rest') return piece;
    const bytes = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    this.#held = NOTHING;
    return this.#scan(bytes);
  }

  #scan(bytes: Buffer): Buffer {
    const passed: Buffer[] = [];
    /** Everything before this is passed on or left out. */
    let from = 0;
    let at = 0;
    while (at < bytes.length && this.#held.length === 0 && !this.#isOver()) {
      if (this.#state === 'start') {
        const status = this.#readStart(bytes, at);
        at = status.at;
        if (!status.isInterim) continue;
        passed.push(bytes.subarray(from, at));
        from = at;
      } else if (this.#state === 'interim') {
        at = this.#readLine(bytes, at);
        from = at;
      } else if (this.#state === 'chunk_data') {
        at = this.#skipData(bytes, at);
      } else {
        at = this.#readLine(bytes, at);
      }
    }
    passed.push(bytes.subarray(from, this.#state === 'rest' ? bytes.length : at));
    return passed.length === 1 ? passed[0]! : Buffer.concat(passed);
  }

  #isOver(): boolean {
    return this.breach !== null || this.#state === 'rest';
  }

  /** Inspects the beginning of a head, and returns where to continue. */
  #readStart(bytes: Buffer, at: number): { at: number; isInterim: boolean } {
    if (bytes[at] === CR || bytes[at] === LF) {
      return { at: this.#spend(1, at), isInterim: false }; // Parsers skip these before a status line.
    }
    const status = interimStatus(bytes, at);
    if (status === 'unsure')
      this.#held = Buffer.from(bytes.subarray(at)); // Copied, because the socket uses its buffer again.
    else if (status === null) this.#state = 'head';
    else this.#enterInterim(status);
    return { at, isInterim: typeof status === 'number' };
  }

  #skipData(bytes: Buffer, at: number): number {
    const step = Math.min(this.#dataLeft, bytes.length - at);
    this.#dataLeft -= step;
    if (this.#dataLeft === 0) this.#state = 'chunk_size';
    return at + step;
  }

  #enterInterim(status: number): void {
    this.#interims += 1;
    this.#state = 'interim';
    if (status === 101) this.#stop('UPGRADE', 'the receiver wants another protocol (101)');
    else if (this.#interims > INTERIM_MAX) {
      this.#stop('INTERIM_FLOOD', `more than ${INTERIM_MAX} interim (1xx) answers`);
    }
  }

  /** Reads to the end of the line or of the bytes; returns the position reached. */
  #readLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at);
    const end = lf === -1 ? bytes.length : lf;
    if (this.#line.length < LINE_START) {
      this.#line += bytes.toString('latin1', at, Math.min(end, at + LINE_START - this.#line.length));
    }
    this.#lineLength += end - at;
    const next = lf === -1 ? end : lf + 1;
    if (this.#state !== 'chunk_size') {
      this.#spend(next - at, at);
    } else if (this.#lineLength > LINE_START) {
      this.#spend(Math.min(end - at, this.#lineLength - LINE_START), at); // Counts a chunk's extension.
    }
    if (lf === -1 || this.breach) return this.breach ? at : next;
    const [line, length] = [this.#line, this.#lineLength];
    this.#line = '';
    this.#lineLength = 0;
    this.#endLine(line, length);
    return this.breach ? at : next;
  }

  #endLine(line: string, length: number): void {
    if (this.#state === 'chunk_size') return this.#endChunkSize(line);
    if (length === 0 || (length === 1 && line === '\r')) return this.#endHead();
    this.#lines += 1;
    if (this.#lines > HEAD_MAX_LINES) {
      this.#stop('HEAD_TOO_MANY_LINES', `the answer has more than ${HEAD_MAX_LINES} header lines`);
    } else if (this.#state === 'head' && line.toLowerCase() === CHUNKED) {
      this.#chunked = true;
    }
  }

  #endHead(): void {
    if (this.#state === 'interim') this.#state = 'start';
    else if (this.#state === 'head' && this.#chunked) this.#state = 'chunk_size';
    else this.#state = 'rest';
  }

  #endChunkSize(line: string): void {
    const size = CHUNK_SIZE.exec(line)?.[0];
    if (size === undefined) {
      this.#state = 'rest'; // Not chunked after all, or malformed: the parser decides.
      return;
    }
    this.#chunks += 1;
    this.#dataLeft = Number.parseInt(size, 16) + 2;
    this.#state = this.#dataLeft > 2 ? 'chunk_data' : 'trailers';
    if (this.#chunks > CHUNKS_MAX) {
      this.#stop('TOO_MANY_CHUNKS', `the answer has more than ${CHUNKS_MAX} chunks`);
    }
  }

  #spend(bytes: number, at: number): number {
    this.#headBytes += bytes;
    if (this.#headBytes <= HEAD_MAX_BYTES) return at + bytes;
    this.#stop('HEAD_TOO_LONG', `the answer has more than ${HEAD_MAX_BYTES} bytes of headers`);
    return at;
  }

  #stop(code: Breach['code'], message: string): void {
    this.breach = { code, message };
  }
}

/** The 1xx status of a line that begins here, null for another line, 'unsure' when more bytes are needed. */
function interimStatus(bytes: Buffer, at: number): number | null | 'unsure' {
  const start = bytes.toString('latin1', at, at + INTERIM_SHAPE.length);
  for (let n = 0; n < start.length; n++) {
    if (!INTERIM_SHAPE[n]!.includes(start[n]!)) return null;
  }
  return start.length < INTERIM_SHAPE.length ? 'unsure' : Number(start.slice(9, 12));
}

const DIGIT = '0123456789';
/** The allowed characters of a 1xx's status line, by position. */
const INTERIM_SHAPE = ['H', 'T', 'T', 'P', '/', DIGIT, '.', DIGIT, ' ', '1', DIGIT, DIGIT, ' \r\n'];
