import { Injectable } from '@nestjs/common';
import { newId, PrismaService, type Prisma } from '@breakwater/platform';
import type { AlertRule } from './alert-rule.js';

export type AlertRuleView = AlertRule & {
  mutedUntil: Date | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
};
export type NewAlertRule = Omit<AlertRule, 'id'>;
/** What a rule watches cannot change: that takes another rule. */
export type AlertRuleChange = Partial<Omit<AlertRule, 'id' | 'type' | 'appId' | 'capability'>>;

@Injectable()
export class AlertRuleStore {
  constructor(private readonly prisma: PrismaService) {}

  /** By id. @param after id of the last rule seen */
  async list(limit: number, after?: string): Promise<AlertRuleView[]> {
    const rows = await this.prisma.alertRule.findMany({
      where: after === undefined ? {} : { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows as AlertRuleView[];
  }

  async find(id: string): Promise<AlertRuleView | null> {
    return (await this.prisma.alertRule.findUnique({ where: { id } })) as AlertRuleView | null;
  }

  async add(rule: NewAlertRule, actor: string): Promise<AlertRuleView> {
    const data = { ...rule, id: newId(), channels: [...rule.channels], createdBy: actor };
    return (await this.prisma.alertRule.create({ data })) as AlertRuleView;
  }

  /** @returns false where there is no such rule */
  async change(id: string, { channels, ...change }: AlertRuleChange): Promise<boolean> {
    const data: Prisma.AlertRuleUpdateManyMutationInput = {
      ...change,
      ...(channels && { channels: [...channels] }),
      updatedAt: new Date(),
    };
    const { count } = await this.prisma.alertRule.updateMany({ where: { id }, data });
    return count > 0;
  }

  /** @returns false where there is no such rule */
  async remove(id: string): Promise<boolean> {
    const { count } = await this.prisma.alertRule.deleteMany({ where: { id } });
    return count > 0;
  }

  async hasApp(id: string): Promise<boolean> {
    return (await this.prisma.app.findUnique({ where: { id }, select: { id: true } })) !== null;
  }

  /** @param appId null for any app */
  async hasCapability(appId: string | null, capability: string): Promise<boolean> {
    const where = { capability, status: { not: 'removed' }, ...(appId === null ? {} : { appId }) };
    return (await this.prisma.endpoint.findFirst({ where, select: { id: true } })) !== null;
  }
}
