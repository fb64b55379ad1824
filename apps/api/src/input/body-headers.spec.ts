import { describe, expect, it } from 'vitest';
import { isGzip } from './body-headers.js';

const json = 'application/json';

describe('the headers of a body', () => {
  it.each([
    [json, undefined, false],
    [undefined, undefined, false],
    [`${json}; charset=utf-8`, '', false],
    [`${json};charset="UTF-8"; v=1`, 'identity', false],
    [`${json}; CharSet = utf8`, ' GZIP ', true],
    [`${json}; charset=us-ascii`, 'x-gzip', true],
  ])('are accepted: %j, %j', (type, encoding, gzip) =>
    expect(isGzip({ 'content-type': type, 'content-encoding': encoding })).toBe(gzip),
  );

  it.each([
    [`${json}; charset=iso-8859-1`, undefined, /says "iso-8859-1"/],
    [`${json}; charset=utf-8; charset=utf-16`, undefined, /"utf-16"/],
    [`${json}; charset=`, undefined, /""/],
    [`${json}; charset='utf-8'`, undefined, /"'utf-8'"/],
    [json, 'br', /says "br"/],
    [json, 'gzip, gzip', /says "gzip, gzip"/],
  ])('are refused: %j, %j', (type, encoding, message) =>
    expect(() => isGzip({ 'content-type': type, 'content-encoding': encoding })).toThrowError(message),
  );
});
