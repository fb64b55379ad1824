import { describe } from 'vitest';
import { acceptSuite } from './suites/accept.suite.js';
import { attemptsSuite } from './suites/attempts.suite.js';
import { breakerSuite } from './suites/breaker.suite.js';
import { fairnessSuite } from './suites/fairness.suite.js';
import { healingSuite } from './suites/healing.suite.js';
import { holdsSuite } from './suites/holds.suite.js';
import { octokitSuite } from './suites/octokit.suite.js';
import { peopleSuite } from './suites/people.suite.js';

describe('with PostgreSQL as its queue', () => {
  acceptSuite(null);
  attemptsSuite(null);
  breakerSuite(null);
  fairnessSuite(null);
  healingSuite(null);
  holdsSuite(null);
  octokitSuite(null);
  peopleSuite(null);
});
