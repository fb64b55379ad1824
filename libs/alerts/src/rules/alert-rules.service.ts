import { Injectable } from '@nestjs/common';
import { isId, newId, PrismaService, type Prisma, type Problem } from '@breakwater/platform';
import { AlertRuleInvalidError, AlertRuleNotFoundError } from './alert.error.js';
import { EACH_CAPABILITY, type AlertRule } from './alert-rule.js';
import { alertRuleProblems } from './alert-rule-problems.js';
import { AlertStore } from './alert.store.js';

export type AlertRuleView = AlertRule & { createdBy: string; createdAt: Date; updatedAt: Date };
export type NewAlertRule = Omit<AlertRule, 'id'>;
/** What it watches stays as it is: for something else there is another rule. */
export type AlertRuleChange = Partial<Omit<AlertRule, 'id' | 'type' | 'appId' | 'capability'>>;

/** What people do with alert rules. */
@Injectable()
export class AlertRules {
  constructor(
    private readonly prisma: PrismaService,
    private readonly store: AlertStore,
  ) {}

  /** By id. @param after id of the last rule seen */
  async list(limit: number, after?: string): Promise<AlertRuleView[]> {
    const rows = await this.prisma.alertRule.findMany({
      where: after === undefined ? {} : { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows as AlertRuleView[];
  }

  /** @throws AlertRuleNotFoundError */
  async get(id: string): Promise<AlertRuleView> {
    const found = isId(id) ? await this.prisma.alertRule.findUnique({ where: { id } }) : null;
    if (!found) throw new AlertRuleNotFoundError(id);
    return found as AlertRuleView;
  }

  /** @throws AlertRuleInvalidError */
  async create(rule: NewAlertRule, actor: string): Promise<AlertRuleView> {
    refuse([...alertRuleProblems(rule), ...(await this.scopeProblems(rule))]);
    const data = { ...rule, id: newId(), channels: [...rule.channels], createdBy: actor };
    return (await this.prisma.alertRule.create({ data })) as AlertRuleView;
  }

  /**
   * An open case stays open until the next evaluation. A change of nothing leaves also `updatedAt` as it is.
   * @throws AlertRuleNotFoundError, AlertRuleInvalidError
   */
  async update(id: string, { channels, ...change }: AlertRuleChange): Promise<AlertRuleView> {
    const current = await this.get(id);
    refuse(alertRuleProblems({ ...current, ...change }));
    if (!channels && Object.values(change).every((value) => value === undefined)) return current;
    const data: Prisma.AlertRuleUpdateManyMutationInput = {
      ...change,
      ...(channels && { channels: [...channels] }),
      updatedAt: new Date(),
    };
    const { count } = await this.prisma.alertRule.updateMany({ where: { id }, data });
    if (count === 0) throw new AlertRuleNotFoundError(id);
    if (change.enabled === false) await this.store.resolveOrphans();
    return this.get(id);
  }

  /** Its cases stay in the history; those that are open end, and nobody is told. @throws AlertRuleNotFoundError */
  async remove(id: string): Promise<void> {
    const { count } = isId(id) ? await this.prisma.alertRule.deleteMany({ where: { id } }) : { count: 0 };
    if (count === 0) throw new AlertRuleNotFoundError(id);
    await this.store.resolveOrphans();
  }

  /** A rule for something that is not there never fires: most likely it is a slip of the pen. */
  private async scopeProblems({ appId, capability }: NewAlertRule): Promise<Problem[]> {
    if (
      appId !== null &&
      !(await this.prisma.app.findUnique({ where: { id: appId }, select: { id: true } }))
    ) {
      return [{ pointer: '/appId', rule: 'unknown', message: `there is no app "${appId}"`, value: appId }];
    }
    if (capability === null || capability === EACH_CAPABILITY) return [];
    const where = { capability, status: { not: 'removed' }, ...(appId === null ? {} : { appId }) };
    if (await this.prisma.endpoint.findFirst({ where, select: { id: true } })) return [];
    const message = `no app${appId === null ? '' : ` "${appId}"`} has a capability "${capability}"`;
    return [{ pointer: '/capability', rule: 'unknown', message, value: capability }];
  }
}

function refuse(problems: Problem[]): void {
  if (problems.length > 0) throw new AlertRuleInvalidError(problems);
}
