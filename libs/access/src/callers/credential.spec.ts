import { describe, expect, it } from 'vitest';
import { credentialOf } from './credential.js';

const cookie = 'other=1; breakwater_session=Fe26.2*sealed~2; last=2';

describe('what a request shows', () => {
  it.each([
    ['a bearer token', { authorization: 'Bearer bwp_x' }, { kind: 'token', raw: 'bwp_x' }],
    ['the other header', { 'x-api-key': 'bw_x' }, { kind: 'token', raw: 'bw_x' }],
    ['the cookie', { cookie }, { kind: 'session', sealed: 'Fe26.2*sealed~2' }],
    ['the token before the cookie', { cookie, authorization: 'Bearer no' }, { kind: 'token', raw: 'no' }],
    ['nothing with another scheme, in spite of the cookie', { cookie, authorization: 'Basic eDp5' }, null],
    ['nothing with other cookies', { cookie: 'breakwater=1; xbreakwater_session=2' }, null],
    ['nothing with an empty cookie', { cookie: 'breakwater_session=' }, null],
    ['nothing', {}, null],
  ])('is %s', (_, headers, expected) => expect(credentialOf(headers)).toEqual(expected));
});
