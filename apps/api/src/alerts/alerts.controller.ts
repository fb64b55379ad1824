import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { Alerts } from '@breakwater/alerts';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { timeOf } from '../paging/time-of.js';
import { AlertPageDto, AlertQueryDto } from './alert.dto.js';

@ApiTags('alerts')
@Controller('api/v1/admin/alerts')
@RequireScope('admin')
export class AlertsController {
  constructor(private readonly alerts: Alerts) {}

  @Get()
  @ApiOperation({
    summary: 'Cases of alert rules, open and resolved, newest first',
    description: 'An item must match all filters.',
  })
  async list(@Query() { cursor, limit, ...filter }: AlertQueryDto): Promise<AlertPageDto> {
    const position = positionOf(cursor, 2);
    const after = position && { firedAt: timeOf(position[0]!, cursor!), id: idOf(position[1]!, cursor!) };
    const rows = await this.alerts.list({ ...filter, limit: limit + 1, ...(after ? { after } : {}) });
    return presentedPage(
      rows,
      limit,
      (row) => row,
      ({ firedAt, id }) => [firedAt.toISOString(), id],
    );
  }
}
