import { describe, inject } from 'vitest';
import { gitHubEventsSuite } from './suites/github-events.suite.js';
import { publishSuite } from './suites/publish.suite.js';

const redisUrl = inject('redisUrl');

describe.skipIf(redisUrl === null)(
  'with Redis as the queue (skipped if redis-server is not installed)',
  () => {
    publishSuite(redisUrl);
    gitHubEventsSuite(redisUrl);
  },
);
