import { describe, inject } from 'vitest';
import { publishSuite } from './suites/publish.suite.js';

const redisUrl = inject('redisUrl');

describe.skipIf(redisUrl === null)(
  'with Redis as its queue (skipped where redis-server is not installed)',
  () => {
    publishSuite(redisUrl);
  },
);
