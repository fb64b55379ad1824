import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { MaintenanceRunningError, Retention } from '@breakwater/upkeep';
import { Audited } from '../audit/audited.js';
import { MaintenanceReportDto } from './maintenance.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('maintenance')
@Controller('api/v1/admin/maintenance')
@RequireScope('admin')
export class MaintenanceController {
  constructor(private readonly retention: Retention) {}

  @Post()
  @HttpCode(200)
  @Audited('maintenance.run')
  @ApiOperation({
    summary: 'Do the daily upkeep now: create partitions, remove expired rows',
    description: 'It runs automatically every night. One run at a time.',
  })
  @Problems('MAINTENANCE_RUNNING')
  async run(): Promise<MaintenanceReportDto> {
    const report = await this.retention.run();
    if (!report) throw new MaintenanceRunningError();
    return report;
  }
}
