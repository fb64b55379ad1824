/** The typed client of the API: one function for each operation, repetitions, pages, one class of errors. */
export { ApiError, ClientUsageError, errorOfAnswer } from './api.error.js';
export type { FieldProblem } from './api.error.js';
export type { CallOptions, RawCall } from './call.js';
export { createClient } from './client.service.js';
export type { Client, ClientOptions } from './client.service.js';
export type { Answered, Invocation, InvokeOptions, Queued } from './invocation.js';
export { Pages } from './pages.js';
export type { Page } from './pages.js';
export type { Answer } from './transport.service.js';
export type * from './generated/types.gen.js';
