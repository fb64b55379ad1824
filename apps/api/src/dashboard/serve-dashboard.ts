import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { projectRoot } from '@breakwater/platform';
import { isScreenRequest, pagePolicy, portalAppOf } from './screen-request.js';

const PAGE = 'index.html';
/** Files whose name has the hash of what they contain never change, s. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Serves the dashboard's files, and its page for every screen. Without files, because they are not built, there is no
 * dashboard and everything else works (docs/adr/0038-dashboard-is-files-of-the-api.md).
 * @param framesOf origins that may show the portal of an app in a frame
 */
export async function serveDashboard(
  app: NestFastifyApplication,
  framesOf: (appId: string) => Promise<readonly string[]>,
): Promise<void> {
  const root = join(projectRoot(), 'apps/dashboard/dist');
  if (!existsSync(join(root, PAGE))) return;
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.register(fastifyStatic, {
    root,
    index: false,
    // A route for each file: a wildcard would answer before the screens do.
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      void response.header('x-content-type-options', 'nosniff');
      void response.header('cache-control', path.includes('/assets/') ? FOREVER : 'no-cache');
    },
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.is404 && request.url.split('?', 1)[0] !== '/') return;
    if (!isScreenRequest(request.method, request.url, request.headers.accept)) return;
    const portalOf = portalAppOf(request.url);
    protect(reply, portalOf === null ? [] : await framesOf(portalOf));
    return reply.sendFile(PAGE);
  });
}

function protect(reply: FastifyReply, frames: readonly string[]): void {
  void reply.headers({
    'content-security-policy': pagePolicy(frames),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'referrer-policy': 'no-referrer',
    vary: 'accept',
    ...(frames.length === 0 ? { 'x-frame-options': 'DENY' } : {}),
  });
}
