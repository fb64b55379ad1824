import { BreakwaterError } from '@breakwater/platform';

export class MaintenanceRunningError extends BreakwaterError {
  readonly code = 'MAINTENANCE_RUNNING';

  constructor() {
    super('another process is doing the maintenance now');
  }
}
