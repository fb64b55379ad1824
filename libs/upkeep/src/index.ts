export { MaintenanceRunningError } from './retention/maintenance-running.error.js';
export { Retention } from './retention/retention.service.js';
export { UpkeepModule } from './upkeep.module.js';
