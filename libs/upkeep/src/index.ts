export { MaintenanceRunningError } from './retention/maintenance-running.error.js';
export { Retention, type MaintenanceReport, type Removed } from './retention/retention.service.js';
export { UpkeepModule } from './upkeep.module.js';
