export { DemoHistory } from './demo-history.service.js';
export { DemoModule } from './demo.module.js';
