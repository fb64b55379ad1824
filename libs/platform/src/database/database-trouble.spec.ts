import { describe, expect, it } from 'vitest';
import { databaseTrouble, mayRetryRows, spoilsConnection, type DatabaseTrouble } from './database-trouble.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

/** Code, its trouble, whether the connection is closed, whether a batch is retried row by row. */
const TABLE: [string, DatabaseTrouble | null, boolean, boolean][] = [
  ['08000', 'unreachable', true, false],
  ['08006', 'unreachable', true, false],
  ['08P01', 'unreachable', true, false],
  ['25006', 'read_only', true, false],
  ['25P03', 'too_slow', true, false],
  ['25P04', 'too_slow', true, false],
  ['40001', 'conflict', false, true],
  ['40P01', 'conflict', false, true],
  ['53000', 'overloaded', true, false],
  ['53100', 'overloaded', true, false],
  ['53200', 'overloaded', true, false],
  ['53300', 'overloaded', true, false],
  ['55P03', 'too_slow', true, false],
  ['57014', 'too_slow', true, false],
  ['57P01', 'unreachable', true, false],
  ['57P02', 'unreachable', true, false],
  ['57P03', 'unreachable', true, false],
  ['57P04', 'unreachable', true, false],
  ['57P05', 'unreachable', true, false],
  ['58030', 'overloaded', true, false],
  ['EAI_AGAIN', 'unreachable', true, false],
  ['EADDRNOTAVAIL', 'overloaded', true, false],
  ['ECONNABORTED', 'unreachable', true, false],
  ['ECONNREFUSED', 'unreachable', true, false],
  ['ECONNRESET', 'unreachable', true, false],
  ['EHOSTDOWN', 'unreachable', true, false],
  ['EHOSTUNREACH', 'unreachable', true, false],
  ['EMFILE', 'overloaded', true, false],
  ['ENETDOWN', 'unreachable', true, false],
  ['ENETUNREACH', 'unreachable', true, false],
  ['ENFILE', 'overloaded', true, false],
  ['ENOTFOUND', 'unreachable', true, false],
  ['EPIPE', 'unreachable', true, false],
  ['ETIMEDOUT', 'unreachable', true, false],
  ['P1001', 'unreachable', true, false],
  ['P1002', 'unreachable', true, false],
  ['P1008', 'too_slow', true, false],
  ['P1017', 'unreachable', true, false],
  ['P2024', 'overloaded', true, false],
  ['P2028', 'too_slow', true, false],
  ['P2034', 'conflict', false, true],
  ['P2037', 'overloaded', true, false],
  ['DATABASE_UNAVAILABLE', 'too_slow', true, false],
  // Caused by the statement or the request, not by the database.
  ['22P02', null, false, true],
  ['23505', null, false, true],
  ['25001', null, false, true],
  ['40002', null, false, true],
  ['42501', null, false, true],
  ['42P01', null, false, true],
  ['55000', null, false, true],
  ['57000', null, false, true],
  ['P2002', null, false, true],
  ['ENOENT', null, false, true],
  ['INPUT_INVALID', null, false, true],
];

describe('what an error means for the database', () => {
  it.each(TABLE)('%s: %s', (code, trouble, spoils, rows) => {
    const error = coded(code);
    expect(databaseTrouble(error)).toBe(trouble);
    expect(spoilsConnection(error)).toBe(spoils);
    expect(mayRetryRows(error)).toBe(rows);
  });

  it.each<[string, DatabaseTrouble]>([
    ['Connection terminated unexpectedly', 'unreachable'],
    ['Connection terminated due to connection timeout', 'unreachable'],
    ['Client has encountered a connection error and is not queryable', 'unreachable'],
    ['Client was closed and is not queryable', 'unreachable'],
    ['timeout exceeded when trying to connect', 'overloaded'],
    ['timeout expired', 'overloaded'],
    ['Query read timeout', 'too_slow'],
    ['Cannot use a pool after calling end on the pool', 'unreachable'],
    ["Can't reach database server at `h:5432`", 'unreachable'],
    ['The server does not support SSL connections', 'unreachable'],
  ])('without a code: %s', (message, trouble) => expect(databaseTrouble(new Error(message))).toBe(trouble));

  it.each<[string, unknown, DatabaseTrouble | null]>([
    ['a cause', new Error('x', { cause: coded('25006') }), 'read_only'],
    [
      'a cause of a cause',
      new Error('x', { cause: new Error('y', { cause: coded('57P01') }) }),
      'unreachable',
    ],
    [
      'what Prisma says of a statement',
      Object.assign(coded('P2010'), {
        meta: { driverAdapterError: { cause: { originalCode: '25006', kind: 'postgres' } } },
      }),
      'read_only',
    ],
    ['a closed connection of Prisma', { cause: { kind: 'ConnectionClosed' } }, 'unreachable'],
    ['too many connections of Prisma', { cause: { kind: 'TooManyConnections' } }, 'overloaded'],
    ['another kind of Prisma', { cause: { kind: 'ColumnNotFound' } }, null],
    ['a cause that is its own cause', selfCaused(), null],
    ['a text', 'oops', null],
    ['nothing', null, null],
    ['a number for a code', { code: 25_006 }, null],
  ])('looks into %s', (_, error, trouble) => expect(databaseTrouble(error)).toBe(trouble));
});

function selfCaused(): Error {
  const error = new Error('x');
  error.cause = error;
  return error;
}
