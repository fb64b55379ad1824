import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { Telemetry } from '@breakwater/platform';
import type { FastifyReply } from 'fastify';

/** For Prometheus, which sends the key as bearer credentials. METRICS_PORT serves the same without a key. */
@ApiExcludeController()
@Controller('metrics')
@RequireScope('admin')
export class PrometheusController {
  constructor(private readonly telemetry: Telemetry) {}

  @Get()
  @Header('cache-control', 'no-store')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.telemetry.scrape();
    void reply.type(contentType);
    return text;
  }
}
