import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { AlertHistory, AlertRules, Alerts } from '@breakwater/alerts';
import { NotificationsAdmin } from '@breakwater/notifications';
import { Audited } from '../audit/audited.js';
import { Problems } from '../document/problems.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { timeOf } from '../paging/time-of.js';
import { AcknowledgeDto, AlertDto, AlertPageDto, AlertQueryDto, AlertStoryDto } from './alert.dto.js';
import { presentAlert, presentSeries, suppressedBy, traitsOf } from './present.js';

@ApiTags('alerts')
@Controller('api/v1/admin/alerts')
@RequireScope('admin')
export class AlertsController {
  constructor(
    private readonly alerts: Alerts,
    private readonly rules: AlertRules,
    private readonly history: AlertHistory,
    private readonly notifications: NotificationsAdmin,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Cases of alert rules, open and resolved, newest first',
    description: 'An item must match all filters.',
  })
  async list(@Query() { cursor, limit, ...filter }: AlertQueryDto): Promise<AlertPageDto> {
    const position = positionOf(cursor, 2);
    const after = position && { firedAt: timeOf(position[0]!, cursor!), id: idOf(position[1]!, cursor!) };
    const rows = await this.alerts.list({ ...filter, limit: limit + 1, ...(after ? { after } : {}) });
    return presentedPage(rows, limit, presentAlert, ({ firedAt, id }) => [firedAt.toISOString(), id]);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'One alert with its values over time and its notifications',
    description:
      'The values are from a window before it fired to half an hour after it was resolved; each is over the window that ends then.',
  })
  @Problems('ALERT_NOT_FOUND')
  async get(@Param('id') id: string): Promise<AlertStoryDto> {
    const alert = await this.alerts.get(id);
    const rule = await this.rules.get(alert.ruleId).catch(() => null); // deleted since
    const series = await this.history.of(alert, new Date());
    return {
      ...presentAlert(alert),
      ...traitsOf(alert.type),
      series: series && presentSeries(series),
      notifications: (await this.notifications.ofAlert(id, alert.firedAt)).map(
        ({ channel, kind, recipient, status, attempts, createdAt, sentAt, lastError, ...row }) => ({
          id: row.id,
          channel,
          kind,
          recipient,
          status,
          attempts,
          createdAt,
          sentAt,
          lastError,
        }),
      ),
      suppressedBy: suppressedBy(alert, rule?.mutedUntil ?? null),
    };
  }

  @Post(':id/acknowledge')
  @Audited('alert.acknowledge')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Say that you take care of an alert',
    description: 'The first one stays. The alert resolves by itself, as any other.',
  })
  @Problems('ALERT_NOT_FOUND', 'ALERT_RESOLVED')
  async acknowledge(
    @Param('id') id: string,
    @Body() { note }: AcknowledgeDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertDto> {
    return presentAlert(await this.alerts.acknowledge(id, principal.name, note ?? null));
  }
}
