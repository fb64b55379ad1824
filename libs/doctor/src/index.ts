export { CHECK_NAMES, type CheckName, type CheckResult, type DoctorReport } from './check.js';
export { Doctor } from './doctor.service.js';
export { DoctorModule } from './doctor.module.js';
