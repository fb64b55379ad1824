import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/index.js';
import { refusedBy } from '../lifecycle/preflight.io.js';
import { listenFault } from '../lifecycle/start-fault.js';
import { Telemetry } from './telemetry.service.js';

/** Serves `/metrics` on a port of its own, in every role, where METRICS_PORT is set. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(MetricsServer.name);
  private server: Server | undefined;

  constructor(
    private readonly telemetry: Telemetry,
    private readonly config: Config,
  ) {}

  /** @throws StartRefusedError when the port cannot be used */
  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort, metricsHost } = this.config.telemetry;
    if (metricsPort === undefined) return;
    const server = createServer((request, response) => {
      if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
      this.telemetry.scrape().then(
        ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
        (error: Error) => {
          this.log.warn(`no metrics: ${error.message}`);
          response.writeHead(500).end();
        },
      );
    });
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
}
