import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { AlertRehearsal, AlertRules, type AlertRuleView, type SubjectPlan } from '@breakwater/alerts';
import { Audited } from '../audit/audited.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { PageQueryDto } from '../paging/page.dto.js';
import {
  AlertRehearsalDto,
  AlertRehearsalSubjectDto,
  AlertRuleChangeDto,
  AlertRuleDto,
  AlertRulePageDto,
  NewAlertRuleDto,
} from './alert-rule.dto.js';
import { Problems } from '../document/problems.js';

/** Defaults of a rule. */
const DEFAULTS = { windowMs: 3_600_000, minSamples: 20, cooldownSeconds: 3600, channels: [], enabled: true };

@ApiTags('alerts')
@Controller('api/v1/admin/alert-rules')
@RequireScope('admin')
export class AlertRulesController {
  constructor(
    private readonly rules: AlertRules,
    private readonly rehearsal: AlertRehearsal,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All alert rules', description: 'By id, including rules that are switched off.' })
  async list(@Query() { cursor, limit }: PageQueryDto): Promise<AlertRulePageDto> {
    const [after] = positionOf(cursor, 1) ?? [];
    const rows = await this.rules.list(limit + 1, after === undefined ? undefined : idOf(after, cursor!));
    return presentedPage(rows, limit, present, ({ id }) => [id]);
  }

  @Post()
  @Audited('alert_rule.create')
  @ApiOperation({
    summary: 'Create an alert rule',
    description:
      'Absent members get defaults: a window of 1 h, 20 samples, a cooldown of 1 h, every channel, switched on.',
  })
  @Problems('ALERT_RULE_INVALID')
  async create(
    @Body() { appId, capability, ...rule }: NewAlertRuleDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertRuleDto> {
    return present(
      await this.rules.create(
        { ...DEFAULTS, ...given(rule), appId: appId ?? null, capability: capability ?? null },
        principal.name,
      ),
    );
  }

  @Get(':id')
  @ApiOperation({ summary: 'One alert rule', description: 'As it is now.' })
  @Problems('ALERT_RULE_NOT_FOUND')
  async get(@Param('id') id: string): Promise<AlertRuleDto> {
    return present(await this.rules.get(id));
  }

  @Patch(':id')
  @Audited('alert_rule.update')
  @ApiOperation({
    summary: 'Change an alert rule, or switch it on or off; what it watches cannot be changed',
    description: 'Absent members do not change. A change without effect does not change `updatedAt` either.',
  })
  @Problems('ALERT_RULE_NOT_FOUND', 'ALERT_RULE_INVALID')
  async update(@Param('id') id: string, @Body() change: AlertRuleChangeDto): Promise<AlertRuleDto> {
    return present(await this.rules.update(id, given(change)));
  }

  @Delete(':id')
  @Audited('alert_rule.delete')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete an alert rule; its alerts stay in the history',
    description: 'Its open cases end, and nobody is notified.',
  })
  @Problems('ALERT_RULE_NOT_FOUND')
  async remove(@Param('id') id: string): Promise<void> {
    await this.rules.remove(id);
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What the rule would do now; changes nothing and notifies nobody',
    description:
      'For each app and capability that the rule watches: the value now, the verdict, and whether people would be notified.',
  })
  @Problems('ALERT_RULE_NOT_FOUND')
  async test(@Param('id') id: string): Promise<AlertRehearsalDto> {
    const { rule, now, subjects } = await this.rehearsal.of(id);
    return {
      ruleId: rule.id,
      enabled: rule.enabled,
      threshold: rule.threshold,
      wouldFire: subjects.some(({ evaluation }) => evaluation.kind === 'firing'),
      subjects: subjects.map(presentSubject),
      checkedAt: now,
    };
  }
}

function present(rule: AlertRuleView): AlertRuleDto {
  const { id, name, type, appId, capability, threshold, windowMs, minSamples, cooldownSeconds } = rule;
  const { channels, enabled, createdBy, createdAt, updatedAt } = rule;
  return {
    id,
    name,
    type,
    appId,
    capability,
    threshold,
    windowMs,
    minSamples,
    cooldownSeconds,
    channels: [...channels],
    enabled,
    createdBy,
    createdAt,
    updatedAt,
  };
}

function presentSubject({
  appId,
  capability,
  evaluation,
  step,
  isCoolingDown,
}: SubjectPlan): AlertRehearsalSubjectDto {
  const { value, samples } = evaluation.kind === 'no_samples' ? { value: null, samples: 0 } : evaluation;
  return {
    appId,
    capability,
    value,
    samples,
    verdict: evaluation.kind,
    would: step.do,
    wouldNotify: step.notify,
    withinCooldown: isCoolingDown,
  };
}

/** Without absent members: the pipe makes them `undefined`. */
function given<T extends object>(body: T): T {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as T;
}
