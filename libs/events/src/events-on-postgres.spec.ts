import { describe } from 'vitest';
import { publishSuite } from './suites/publish.suite.js';

describe('with PostgreSQL as the queue', () => {
  publishSuite(null);
});
