import {
  BadRequestException,
  NotFoundException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { DATABASE_TROUBLES, DatabaseTimeoutError } from '@breakwater/platform';
import { InputInvalidError } from './input-invalid.error.js';
import { toProblem } from './to-problem.js';

const coded = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

describe('the answer for an exception', () => {
  it.each<[string, unknown, number, string]>([
    [
      'one of ours',
      new InputInvalidError([{ pointer: '/a', rule: 'r', message: 'm' }]),
      400,
      'INPUT_INVALID',
    ],
    ['a missing route', new NotFoundException(), 404, 'ROUTE_NOT_FOUND'],
    ['a bad request', new BadRequestException(), 400, 'INPUT_INVALID'],
    ['too large', new PayloadTooLargeException(), 413, 'BODY_TOO_LARGE'],
    ['an unknown type', new UnsupportedMediaTypeException(), 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['Fastify on a large body', coded('FST_ERR_CTP_BODY_TOO_LARGE'), 413, 'BODY_TOO_LARGE'],
    ['Fastify on a content type', coded('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['bad JSON', new SyntaxError('Unexpected token'), 400, 'JSON_INVALID'],
    ['a 400 of the parser', Object.assign(new Error('proto'), { statusCode: 400 }), 400, 'JSON_INVALID'],
    ['a refused connection', coded('ECONNREFUSED'), 503, 'DATABASE_UNAVAILABLE'],
    ['a server that is shutting down', coded('57P01'), 503, 'DATABASE_UNAVAILABLE'],
    ['a server that takes no writes', coded('25006'), 503, 'DATABASE_UNAVAILABLE'],
    ['a name server that does not answer', coded('EAI_AGAIN'), 503, 'DATABASE_UNAVAILABLE'],
    ['a statement that took too long', coded('57014'), 503, 'DATABASE_UNAVAILABLE'],
    ['a wait that took too long', new DatabaseTimeoutError('x', 1), 503, 'DATABASE_UNAVAILABLE'],
    ['too many connections', coded('53300'), 503, 'DATABASE_UNAVAILABLE'],
    ['Prisma without a server', coded('P1001'), 503, 'DATABASE_UNAVAILABLE'],
    ['a cut connection', new Error('Connection terminated unexpectedly'), 503, 'DATABASE_UNAVAILABLE'],
    ['a deeper cause', new Error('x', { cause: coded('ECONNRESET') }), 503, 'DATABASE_UNAVAILABLE'],
    ['anything else', new TypeError('x is not a function'), 500, 'INTERNAL'],
    ['a value that is not an error', 'oops', 500, 'INTERNAL'],
  ])('%s', (_, error, status, code) => expect(toProblem(error)).toMatchObject({ status, code }));

  it('reveals nothing about an unforeseen error', () => {
    expect(JSON.stringify(toProblem(new Error('password=hunter2')))).not.toContain('hunter2');
  });

  it.each([coded('ECONNREFUSED'), coded('25006'), new DatabaseTimeoutError('x', 1)])(
    'asks to try again when the database is unavailable: %s',
    (error) => expect(toProblem(error).retryAfterS).toBe(2),
  );

  it.each(Object.keys(DATABASE_TROUBLES))(
    'asks to try again after each error that shows trouble of the database: %s',
    (code) => {
      // A name that ends in * stands for its whole class.
      const answer = toProblem(coded(code.replace('*', '001')));
      expect(answer).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE', retryAfterS: 2 });
    },
  );
});
