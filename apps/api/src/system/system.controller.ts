import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, ForbiddenError, RequireScope, type Principal } from '@breakwater/access';
import { Processes, SystemReader } from '@breakwater/insights';
import { SystemDto, WorkersDto } from './system.dto.js';

/** About the whole installation: a key of one app may not see it. */
@ApiTags('system')
@Controller('api/v1/admin')
@RequireScope('admin', 'read')
export class SystemController {
  constructor(
    private readonly system: SystemReader,
    private readonly processes: Processes,
  ) {}

  @Get('system')
  @ApiOperation({
    summary: 'Version, migrations, partitions, retention, rate limits and settings',
    description: 'Not for keys of one app.',
  })
  async get(@CurrentPrincipal() principal: Principal): Promise<SystemDto> {
    refuseApp(principal);
    return this.system.read();
  }

  @Get('workers')
  @ApiOperation({
    summary: 'The processes that run, or ran within the last 24 hours, with their last heartbeat',
    description: 'Each process writes its heartbeat every 5 s. Not for keys of one app.',
  })
  async workers(@CurrentPrincipal() principal: Principal): Promise<WorkersDto> {
    refuseApp(principal);
    return { items: await this.processes.list() };
  }
}

function refuseApp({ appId }: Principal): void {
  if (appId !== null) throw new ForbiddenError(['admin']);
}
