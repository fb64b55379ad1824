import v8 from '@vitest/coverage-v8';

/**
 * Vitest's coverage with V8, without the tests of whole processes: those run the built product, so that nothing of it is
 * counted, and counting took a quarter of their time.
 */
const isCounted = process.env['TEST_TIER'] !== 'system';

export default isCounted ? v8 : { getProvider: () => v8.getProvider() };
