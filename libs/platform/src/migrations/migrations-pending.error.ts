import { BreakwaterError } from '../errors/breakwater.error.js';

export class MigrationsPendingError extends BreakwaterError {
  readonly code = 'MIGRATIONS_PENDING';
  constructor(pending: string[]) {
    super(`the database lacks migrations (${pending.join(', ')}): run \`npm run migrate\` first`);
  }
}
