import {
  createServer as createHttpServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import type { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SwaggerModule } from '@nestjs/swagger';
import type { DynamicModule, Type } from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppRegistry } from '@breakwater/manifest';
import {
  AppLogger,
  ClientAddresses,
  isStorable,
  newId,
  PinoLogger,
  requestIdFrom,
  type Config,
} from '@breakwater/platform';
import { AnswersInHand } from './answers-in-hand.service.js';
import { InputInvalidError } from './errors/input-invalid.error.js';
import { serveDashboard } from './dashboard/serve-dashboard.js';
import { describeApi } from './document/describe-api.js';
import { BODY_MAX_BYTES } from './errors/explained.js';
import { MethodNotAllowedError } from './errors/method-not-allowed.error.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { problemBody, unreadableProblem } from './errors/to-problem.js';
import { captureTarget } from './inbound/request-target.js';
import { InboundDoor } from './inbound/inbound-door.service.js';
import { documentProblems } from './input/document-problems.js';
import { jsonParser } from './input/json-parser.js';
import { KnownPaths } from './input/known-paths.js';
import { inputValidation } from './input/validation.pipe.js';
import { addFastRoute, opaqueMemberOf } from './invoke/fast-route.js';

/** Longest time for a whole request, ms. */
const REQUEST_TIMEOUT_MS = 70_000;
/** How long an idle connection is kept, ms. */
const KEEP_ALIVE_MS = 72_000;

/** Nest's filter answers errors of routes; this answers in the same way what Fastify refuses before a route. */
class ProblemAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    const filter = new ProblemFilter();
    return this.getInstance().setErrorHandler(
      (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
        filter.answer(error, request, reply),
    );
  }
}

/** A Nest application with the HTTP behaviour of this API; not listening yet. */
export async function createServer(root: Type | DynamicModule): Promise<NestFastifyApplication> {
  let inbound: InboundDoor | undefined;
  let addresses: ClientAddresses | undefined;
  const adapter = new ProblemAdapter({
    bodyLimit: BODY_MAX_BYTES,
    routerOptions: { maxParamLength: 500 },
    // Requests to sources do not reach the router.
    serverFactory: (handler: RequestListener) => {
      const listener: RequestListener = (request, response) => {
        addresses?.watch(request);
        if (!inbound?.take(request, response)) handler(request, response);
      };
      const options = {
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        // Some HTTP clients offer another protocol with each request. Only Socket.IO takes the offer.
        shouldUpgradeCallback: ({ url }: IncomingMessage) => captureTarget(url ?? '') === null,
      };
      return createHttpServer(options, listener);
    },
    // Errors before the router has found a route, or before there is a request at all.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      new ProblemFilter().answer(error, request, reply),
    clientErrorHandler: refuseUnreadable,
    genReqId: (raw: IncomingMessage) => {
      // One id for Fastify, the log and the webhook: the header has the same one.
      const id = requestIdFrom(raw.headers['x-request-id'], newId);
      raw.headers['x-request-id'] = id;
      return id;
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bufferLogs: true,
    rawBody: true,
    bodyParser: false,
    abortOnError: false,
    // Connections that stopServing left open, such as a WebSocket whose client is gone, do not delay the end of the
    // process.
    forceCloseConnections: true,
  });
  inbound = app.get(InboundDoor);
  addresses = app.get(ClientAddresses);
  const parseJson = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit: BODY_MAX_BYTES }, jsonParser(parseJson));
  app.useLogger(new AppLogger(app.get(PinoLogger)));
  app.flushLogs();
  app.useGlobalPipes(inputValidation());
  app.useWebSocketAdapter(new IoAdapter(app));
  countAnswers(app);
  await serveDashboard(app, (appId) => app.get(AppRegistry).portalOriginsOf(appId));
  refuseMethods(app);
  guardInput(app);
  addFastRoute(app);
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  });
  return app;
}

/** The URL for people. With port 0 only the listening server knows it. */
export async function shownUrl(app: NestFastifyApplication, { api }: Config): Promise<string> {
  return api.port === 0 ? app.getUrl() : api.publicBaseUrl;
}

/** A path that has other methods answers with these, before anything of the request is read. */
function refuseMethods(app: NestFastifyApplication): void {
  const paths = new KnownPaths();
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', ({ url, method }) => paths.add(url, [method].flat()));
  fastify.addHook('onRequest', async ({ is404, method, url }) => {
    const allowed = is404 ? paths.methodsOf(url) : [];
    if (allowed.length > 0) throw new MethodNotAllowedError(method, allowed);
  });
}

/** {@link stopServing} waits for them. */
function countAnswers(app: NestFastifyApplication): void {
  const answers = app.get(AnswersInHand);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (_request, reply, done) => {
    answers.add(reply.raw);
    done();
  });
  fastify.addHook('onSend', (_request, reply, _body, done) => {
    if (answers.endConnections) void reply.header('connection', 'close');
    done();
  });
}

/** Checks that apply to every request, before anything else. */
function guardInput(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('preValidation', async (request) => {
    if (!areStorable(request.params) || !areStorable(request.query)) {
      throw new InputInvalidError([
        {
          pointer: '',
          rule: 'text',
          message: 'the path and query hold neither U+0000 nor half of a surrogate pair',
        },
      ]);
    }
    const opaque = opaqueMemberOf(request.routeOptions.url);
    const problems = documentProblems(request.body, opaque);
    if (problems.length > 0) throw new InputInvalidError(problems);
    if (opaque !== undefined) forget(request.body, opaque);
  });
}

/** Of the parameters of a path or a query: a text each, or a list of them. */
function areStorable(parameters: unknown): boolean {
  for (const value of Object.values(parameters ?? {})) {
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (texts.some((text) => typeof text === 'string' && !isStorable(text))) return false;
  }
  return true;
}

/** Removes a member that is passed on as bytes: it must not be copied or checked again. */
function forget(body: unknown, member: string): void {
  if (typeof body !== 'object' || body === null) return;
  const members = body as Record<string, unknown>;
  if (typeof members[member] === 'object' && members[member] !== null) members[member] = {};
}

/** Answers on the socket itself, because Node could not read a request. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = unreadableProblem(error.code);
  const requestId = newId();
  const body = JSON.stringify(problemBody(problem, requestId));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `x-request-id: ${requestId}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
