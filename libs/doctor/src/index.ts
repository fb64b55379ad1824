export { CHECK_NAMES, type CheckName, type CheckResult, type DoctorReport } from './check.js';
export { TestCaller } from './test-call/test-caller.service.js';
export { Doctor } from './doctor.service.js';
export { DoctorModule, DoctorWorkerModule } from './doctor.module.js';
