/** One function for each operation, for a bundler that leaves out those that are not used. */
export { client } from './generated/client.gen.js';
export * from './generated/sdk.gen.js';
export type * from './generated/types.gen.js';
