import { isUtf8 } from 'node:buffer';
import { gunzip } from 'node:zlib';
import type { RawBodyRequest } from '@nestjs/common';
import type { FastifyBodyParser, FastifyRequest } from 'fastify';
import { BodyRefusedError } from '../errors/body-refused.error.js';
import { BODY_MAX_BYTES } from '../errors/explained.js';
import { JsonInvalidError } from '../errors/json-invalid.error.js';
import { isGzip } from './body-headers.js';
import { jsonFault } from './json-fault.js';

type Done = (error: Error | null, body?: unknown) => void;
type ParseText = (request: FastifyRequest, text: string, done: Done) => void;

/** Names that would change the prototype of an object. */
const FORBIDDEN_NAMES =
  'the body holds a member called __proto__, or constructor with a prototype: neither is accepted';

/**
 * Reads the body of every route: JSON in UTF-8, with or without gzip, or nothing, because many clients name the type
 * of a body that they do not send. `rawBody` holds the decoded bytes.
 */
export function jsonParser(parseText: ParseText): FastifyBodyParser<Buffer> {
  return (request, body, done) => {
    const packed = isGzip(request.headers);
    if (body.length === 0) return done(null, undefined);
    if (!packed) return parseBytes(parseText, request, body, done);
    // Off the event loop, and never more than the limit: a bomb is not unpacked.
    gunzip(body, { maxOutputLength: BODY_MAX_BYTES }, (error, unpacked) => {
      if (error) return done(refusalOf(error));
      (request as RawBodyRequest<FastifyRequest>).rawBody = unpacked;
      parseBytes(parseText, request, unpacked, done);
    });
  };
}

function parseBytes(parseText: ParseText, request: FastifyRequest, body: Buffer, done: Done): void {
  if (!isUtf8(body)) return done(new BodyRefusedError('JSON_INVALID', 'the body is not UTF-8'));
  const text = body.toString('utf8');
  parseText(request, text, (error, value) => {
    if (!error) return done(null, value);
    const fault = jsonFault(text.replace(/^\uFEFF/, ''));
    done(fault ? new JsonInvalidError(fault) : new SyntaxError(FORBIDDEN_NAMES), undefined);
  });
}

function refusalOf(error: NodeJS.ErrnoException): BodyRefusedError {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') {
    const message = `a body holds at most ${BODY_MAX_BYTES} bytes, and this one has more after unpacking`;
    return new BodyRefusedError('BODY_TOO_LARGE', message);
  }
  return new BodyRefusedError(
    'JSON_INVALID',
    'the body says Content-Encoding: gzip, but is not a complete gzip',
  );
}
