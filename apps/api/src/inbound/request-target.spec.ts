import { describe, expect, it } from 'vitest';
import { captureTarget } from './request-target.js';

describe('the target of a captured request', () => {
  it.each([
    ['/in/k', 'k', '', ''],
    ['/in/k/', 'k', '/', ''],
    ['/in/k?a=1', 'k', '', 'a=1'],
    ['/in/k/a%2Fb/../c?x=%zz&y=?#z', 'k', '/a%2Fb/../c', 'x=%zz&y=?#z'],
    ['/in/k//a', 'k', '//a', ''],
    ['/in/k/\u00fc', 'k', '/\u00fc', ''],
    ['/in/', '', '', ''],
    ['http://host:80/in/k/a?b', 'k', '/a', 'b'],
    ['HTTPS://host/in/k', 'k', '', ''],
    ['/in/k#a/b', 'k', '#a/b', ''],
  ])('%s has its parts as they were sent', (target, key, path, query) =>
    expect(captureTarget(target)).toEqual({ key, path, query }),
  );

  it.each(['/', '/in', '/IN/k', '/api/in/k', '*', '//in/k', 'http://host/api', 'ftp://host/in/k'])(
    '%s is of another route',
    (target) => expect(captureTarget(target)).toBeNull(),
  );
});
