export { AppLogger } from './app-logger.service.js';
export { isLogged } from './is-logged.js';
export { LoggingModule, PinoLogger } from './logging.module.js';
export { requestIdFrom } from './request-id.js';
export { SaidLately } from './said-lately.js';
export { scrub } from './scrub.js';
