import type { IncomingMessage, ServerResponse } from 'node:http';
import { stdTimeFunctions, type LevelWithSilent } from 'pino';
import type { Options } from 'pino-http';
import { clientAddress } from '../client-address/client-address.js';
import type { TrustedProxies } from '../client-address/trusted-proxies.js';
import type { LogConfig } from '../config/index.js';
import { hideSecrets } from './hide-secrets.js';
import { requestIdFrom } from './request-id.js';
import { scrub } from './scrub.js';

const QUIET_PATHS = ['/healthz', '/readyz'];

/** How pino writes: one JSON line per log, without secrets, and one line per request under its request id. */
export function loggingOptions(log: LogConfig, newRequestId: () => string, proxies: TrustedProxies): Options {
  return {
    level: log.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }), log: (fields) => hideSecrets(fields) },
    hooks: { streamWrite: scrub },
    genReqId: (request, response) => {
      const id = requestIdFrom(request.headers['x-request-id'], newRequestId);
      response.setHeader('x-request-id', id);
      return id;
    },
    customAttributeKeys: { reqId: 'requestId', responseTime: 'durationMs' },
    quietReqLogger: true,
    serializers: {
      req: (request: IncomingMessage) => describeRequest(request, proxies),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    wrapSerializers: false,
    customLogLevel: levelOf,
    customSuccessMessage: () => 'request completed',
    customErrorMessage: () => 'request failed',
    // pino-http creates an error for every 5xx; the filter has logged the real one.
    customErrorObject: (_request, _response, error, value: { err?: unknown }) => {
      const { err: _madeUp, ...rest } = value;
      return error.message.startsWith('failed with status code') ? rest : value;
    },
    autoLogging: { ignore: (request) => QUIET_PATHS.includes(pathOf(request)) },
  };
}

/** Level error means that a person must act; an app that does not answer is no such case. */
function levelOf(_: IncomingMessage, { statusCode }: ServerResponse, error?: Error): LevelWithSilent {
  if (statusCode === 500) return 'error';
  return statusCode > 500 || error ? 'warn' : 'info';
}

function describeRequest(request: IncomingMessage, proxies: TrustedProxies) {
  // No headers and no query: either may carry a key.
  return { method: request.method, path: pathOf(request), remoteAddress: clientAddress(request, proxies) };
}

function pathOf(request: IncomingMessage): string {
  const { originalUrl = request.url ?? '' } = request as IncomingMessage & { originalUrl?: string };
  return originalUrl.split('?', 1)[0] ?? '';
}
