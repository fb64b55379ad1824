import { Controller, Delete, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { DemoHistory } from '@breakwater/demo';
import { Audited } from '../audit/audited.js';
import { DemoPresenceDto, RemovedDemoDto } from './demo.dto.js';

@ApiTags('demo')
@Controller('api/v1/admin/demo')
@RequireScope('admin')
export class DemoController {
  constructor(private readonly demo: DemoHistory) {}

  @Get()
  @ApiOperation({
    summary: 'Whether there is a demo',
    description:
      'On its first start `npm start` registers a few apps with a day of history, so that lists and charts have something to show. These apps have `demo: true`.',
  })
  async presence(): Promise<DemoPresenceDto> {
    return this.demo.presence();
  }

  @Delete()
  @Audited('demo.remove')
  @ApiOperation({
    summary: 'Remove the demo',
    description:
      'Removes every app with `demo: true` and all that it has: deliveries, attempts, dead letters, metrics, alerts, notifications, breakers, sources, subscriptions. It cannot be undone. Other apps keep everything. The audit log keeps its lines.',
  })
  async remove(): Promise<RemovedDemoDto> {
    return this.demo.remove();
  }
}
