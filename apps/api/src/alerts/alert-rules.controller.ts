import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditLog, CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import {
  AlertHistory,
  AlertRehearsal,
  AlertRules,
  changesOf,
  ruleSentence,
  type AlertRuleView,
  type SubjectPlan,
} from '@breakwater/alerts';
import { Audited } from '../audit/audited.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { PageQueryDto } from '../paging/page.dto.js';
import {
  AlertRehearsalDto,
  AlertRehearsalSubjectDto,
  AlertRuleChangeDto,
  AlertRuleDto,
  AlertRuleHistoryDto,
  AlertRulePageDto,
  ChangedRuleDto,
  NewAlertRuleDto,
  RuleRehearsalDto,
} from './alert-rule.dto.js';
import { presentRehearsal } from './rehearsal.js';
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
    private readonly history: AlertHistory,
    private readonly audit: AuditLog,
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
  async update(@Param('id') id: string, @Body() body: AlertRuleChangeDto): Promise<ChangedRuleDto> {
    const before = await this.rules.get(id);
    const { mutedUntil, ...change } = given(body);
    const until = mutedUntil == null ? mutedUntil : new Date(mutedUntil);
    const after = await this.rules.update(id, {
      ...change,
      ...(until !== undefined && { mutedUntil: until }),
    });
    return { ...present(after), changed: changesOf(before, after) };
  }

  @Post('rehearse')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What a rule that is not saved would have done within the last 24 h',
    description: 'Nothing is changed, and nobody is notified.',
  })
  @Problems('ALERT_RULE_INVALID')
  async rehearse(@Body() { appId, capability, ...rest }: NewAlertRuleDto): Promise<RuleRehearsalDto> {
    const rule = { ...DEFAULTS, ...given(rest), appId: appId ?? null, capability: capability ?? null };
    await this.rules.check(rule);
    const now = new Date();
    const history = await this.history.rehearse(rule, now);
    return presentRehearsal(ruleSentence(rule), history, now);
  }

  @Get(':id/history')
  @ApiOperation({
    summary: 'Who changed a rule, when, and what',
    description: 'From the audit log, newest first.',
  })
  @Problems('ALERT_RULE_NOT_FOUND')
  async edits(@Param('id') id: string): Promise<AlertRuleHistoryDto> {
    const rule = await this.rules.get(id);
    const lines = await this.audit.list({ action: 'alert_rule.update', target: id, outcome: 'done' }, 100);
    const made = { at: rule.createdAt, actor: rule.createdBy, action: 'create', changes: {} };
    const edits = lines.map(({ at, actor, detail }) => ({
      at,
      actor,
      action: 'update',
      changes: (detail?.['changed'] ?? {}) as Record<string, unknown>,
    }));
    return { items: [...edits, made] };
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
  const { channels, enabled, mutedUntil, createdBy, createdAt, updatedAt } = rule;
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
    mutedUntil,
    sentence: ruleSentence(rule),
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
