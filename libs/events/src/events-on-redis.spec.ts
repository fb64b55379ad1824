import { describe, inject } from 'vitest';
import { publishSuite } from './suites/publish.suite.js';

const redisUrl = inject('redisUrl');

describe.skipIf(redisUrl === null)(
  'with Redis as the queue (skipped if redis-server is not installed)',
  () => {
    publishSuite(redisUrl);
  },
);
