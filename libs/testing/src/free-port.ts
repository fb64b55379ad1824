export { freePort } from '../../../apps/standalone/src/free-port.js';
