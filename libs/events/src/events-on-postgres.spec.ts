import { describe } from 'vitest';
import { gitHubEventsSuite } from './suites/github-events.suite.js';
import { publishSuite } from './suites/publish.suite.js';

describe('with PostgreSQL as the queue', () => {
  publishSuite(null);
  gitHubEventsSuite(null);
});
