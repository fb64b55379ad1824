import type { Command } from 'commander';
import { Session, type Output } from '../session.service.js';
import { facts } from '../table.js';
import { withPaging, type Paging } from './paging.js';

interface Alert {
  id: string;
  ruleName: string;
  type: string;
  appId: string | null;
  capability: string | null;
  state: string;
  threshold: number;
  worstValue: number;
  firedAt: string;
  acknowledgedBy: string | null;
  acknowledgedNote: string | null;
}

interface AlertFilters extends Paging {
  app?: string;
  state?: string;
  status?: string;
  ruleId?: string;
}

export function addAlertCommands(program: Command, output: Output): void {
  const alerts = program.command('alerts').description('see and acknowledge alerts');
  withPaging(alerts.command('list'))
    .description('alerts, newest first')
    .option('--app <id>')
    .option('--state <state>', 'open, acknowledged, resolved')
    .option('--status <status>', 'firing, resolved')
    .option('--rule-id <id>')
    .action(async ({ app, ...filters }: AlertFilters, command: Command) => {
      await new Session(output, command).list<Alert>(
        { path: ['admin', 'alerts'], query: { appId: app, ...filters } },
        {
          id: 'id',
          rule: 'ruleName',
          app: 'appId',
          capability: 'capability',
          state: 'state',
          threshold: 'threshold',
          worst: 'worstValue',
          fired: 'firedAt',
          'taken by': 'acknowledgedBy',
        },
      );
    });
  alerts
    .command('show <id>')
    .description('one alert')
    .action(async (id: string, _options: object, command: Command) => {
      await new Session(output, command).show({ path: ['admin', 'alerts', id] }, linesOf);
    });
  alerts
    .command('ack <id>')
    .description('say that you take care of it')
    .option('--note <text>', 'for the others')
    .action(async (id: string, { note }: { note?: string }, command: Command) => {
      await new Session(output, command).show(
        { method: 'POST', path: ['admin', 'alerts', id, 'acknowledge'], body: { note } },
        linesOf,
      );
    });
}

/** Its values over time and its notifications are for a screen, or `--json`. */
function linesOf(alert: Alert): string[] {
  const { id, ruleName, type, appId, capability, state, threshold, worstValue, firedAt } = alert;
  const { acknowledgedBy, acknowledgedNote } = alert;
  const about = { id, ruleName, type, appId, capability, state, threshold, worstValue, firedAt };
  return facts({ ...about, acknowledgedBy, acknowledgedNote });
}
