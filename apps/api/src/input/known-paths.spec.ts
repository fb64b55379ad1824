import { describe, expect, it } from 'vitest';
import { KnownPaths } from './known-paths.js';

const paths = new KnownPaths();
paths.add('/dlq/:id', ['GET', 'HEAD']);
paths.add('/dlq/:id', ['DELETE']);
paths.add('/dlq/stats', ['GET']);
paths.add('/openapi.json', ['GET']);
paths.add('/*', ['POST']);

describe('the methods of a path', () => {
  it.each([
    ['/dlq/7', ['DELETE', 'GET', 'HEAD']],
    ['/dlq/7?limit=1', ['DELETE', 'GET', 'HEAD']],
    ['/dlq/a%2Fb', ['DELETE', 'GET', 'HEAD']],
    ['/dlq/stats', ['DELETE', 'GET', 'HEAD']],
    ['/dlq/', []],
    ['/dlq/7/8', []],
    ['/openapi.json', ['GET']],
    ['/openapiXjson', []],
    ['/nowhere', []],
    ['', []],
  ])('%s', (url, methods) => expect(paths.methodsOf(url)).toEqual(methods));
});
