import { describe, inject } from 'vitest';
import { acceptSuite } from './suites/accept.suite.js';
import { attemptsSuite } from './suites/attempts.suite.js';
import { breakerSuite } from './suites/breaker.suite.js';
import { fairnessSuite } from './suites/fairness.suite.js';
import { healingSuite } from './suites/healing.suite.js';
import { holdsSuite } from './suites/holds.suite.js';
import { octokitSuite } from './suites/octokit.suite.js';
import { peopleSuite } from './suites/people.suite.js';

const redisUrl = inject('redisUrl');

describe.skipIf(redisUrl === null)(
  'with Redis as its queue (skipped where redis-server is not installed)',
  () => {
    acceptSuite(redisUrl);
    attemptsSuite(redisUrl);
    breakerSuite(redisUrl);
    fairnessSuite(redisUrl);
    healingSuite(redisUrl);
    holdsSuite(redisUrl);
    octokitSuite(redisUrl);
    peopleSuite(redisUrl);
  },
);
