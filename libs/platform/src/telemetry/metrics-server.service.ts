import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/index.js';
import { refusedBy } from '../lifecycle/preflight.io.js';
import { listenFault } from '../lifecycle/start-fault.js';
import { WorkCheck } from '../readiness/work-check.service.js';
import { Telemetry } from './telemetry.service.js';

/** Serves `/metrics`, `/healthz` and `/readyz` on a port of its own, in every role, where METRICS_PORT is set. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(MetricsServer.name);
  private server: Server | undefined;

  constructor(
    private readonly telemetry: Telemetry,
    private readonly check: WorkCheck,
    private readonly config: Config,
  ) {}

  /** @throws StartRefusedError when the port cannot be used */
  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort, metricsHost } = this.config.telemetry;
    if (metricsPort === undefined) return;
    const server = createServer((request, response) => void this.answer(request.url ?? '', response));
    server.listen(metricsPort, metricsHost);
    try {
      await once(server, 'listening');
    } catch (error) {
      const asked = {
        portSetting: 'METRICS_PORT',
        port: metricsPort,
        hostSetting: 'METRICS_HOST',
        host: metricsHost,
      };
      throw refusedBy(error, listenFault(error, asked));
    }
    this.server = server;
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async answer(url: string, response: ServerResponse): Promise<void> {
    switch (url.split('?')[0]) {
      case '/metrics':
        return this.answerMetrics(response);
      case '/healthz':
        return answerJson(response, 200, { status: 'ok' });
      case '/readyz':
        return this.answerReady(response);
      default:
        response.writeHead(404).end();
    }
  }

  private async answerMetrics(response: ServerResponse): Promise<void> {
    try {
      const { contentType, text } = await this.telemetry.scrape();
      response.writeHead(200, { 'content-type': contentType }).end(text);
    } catch (error) {
      this.log.warn(`no metrics: ${(error as Error).message}`);
      response.writeHead(500).end();
    }
  }

  private async answerReady(response: ServerResponse): Promise<void> {
    const trouble = await this.check.trouble();
    if (trouble === null) return answerJson(response, 200, { status: 'ok' });
    answerJson(response, 503, { status: 'error', detail: trouble });
  }
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
