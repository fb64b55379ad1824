import { describe, expect, it } from 'vitest';
import { addressesOf, anyHostOf, readDatabaseUrl } from './database-url.js';

const one = [{ host: 'h1', port: 5432 }];
const two = [
  { host: 'h1', port: 5433 },
  { host: 'h2', port: 5432 },
];

describe('a URL of PostgreSQL', () => {
  it.each([
    ['one host', 'postgresql://h1/db', one, 'any', 'postgresql://h1/db'],
    ['no host', 'postgresql:///db', [{ host: 'localhost', port: 5432 }], 'any', 'postgresql:///db'],
    ['a socket', 'postgresql://%2Frun%2Fpg/db', [{ host: '/run/pg', port: 5432 }], 'any', null],
    ['two hosts', 'postgresql://u:p@h1:5433,h2/db', two, 'read-write', 'postgresql://u:p@h1:5433/db'],
    [
      'an attribute alone',
      'postgres://h1/db?target_session_attrs=primary',
      one,
      'primary',
      'postgres://h1/db',
    ],
    [
      'other parameters, which stay as they are',
      'postgresql://h1:5433,h2/db?sslmode=verify-full&target_session_attrs=any&options=-c%20a%3Db',
      two,
      'any',
      'postgresql://h1:5433/db?sslmode=verify-full&options=-c%20a%3Db',
    ],
    [
      'addresses of IPv6',
      'postgresql://[::1]:5433,[fe80::2]/db',
      [
        { host: '::1', port: 5433 },
        { host: 'fe80::2', port: 5432 },
      ],
      'read-write',
      'postgresql://[::1]:5433/db',
    ],
  ])('is read with %s', (_, text, hosts, attrs, first) => {
    expect(readDatabaseUrl(text)).toMatchObject({ hosts, attrs, first: first ?? text });
  });

  it('is read with user, password and database decoded', () => {
    expect(readDatabaseUrl('postgresql://a%40b:p%2Fq@h1,h2/d%20b')).toMatchObject({
      user: 'a@b',
      password: 'p/q',
      database: 'd b',
    });
  });

  it.each([
    ['text', 'h1,h2'],
    ['a port that is no number', 'postgresql://h1:five/db'],
    ['a second port that is no number', 'postgresql://h1,h2:five/db'],
    ['an empty host among several', 'postgresql://h1,,h2/db'],
    ['an attribute that is not supported', 'postgresql://h1,h2/db?target_session_attrs=standby'],
  ])('is refused with %s', (_, text) => {
    expect(readDatabaseUrl(text)).toBeNull();
  });

  it.each([
    ['postgresql://h1,h2/db', 'postgresql://h1,h2/db?target_session_attrs=any'],
    [
      'postgresql://h1,h2/db?sslmode=disable',
      'postgresql://h1,h2/db?sslmode=disable&target_session_attrs=any',
    ],
    ['postgresql://h1/db?target_session_attrs=primary', 'postgresql://h1/db?target_session_attrs=primary'],
  ])('%s is, for any of its hosts, %s', (text, expected) => expect(anyHostOf(text)).toBe(expected));

  it('is shown to people as its addresses', () => {
    expect(addressesOf(readDatabaseUrl('postgresql://u:secret@[::1]:1,h2/db')!)).toBe('[::1]:1,h2:5432');
  });
});
