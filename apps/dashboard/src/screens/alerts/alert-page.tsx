import { Button, SimpleGrid, Text } from '@mantine/core';
import { alertsAcknowledge } from '@breakwater/client/functions';
import type { AlertStoryDto } from '@breakwater/client';
import { alertsGetOptions } from '@breakwater/client/queries';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useIsAdmin } from '../../session/use-is-admin.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Chart } from '../../show/chart/chart.js';
import { Time } from '../../show/clock.js';
import { ConfirmAct } from '../../show/confirm.js';
import { plural } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { GoButton } from '../../show/go-button.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { StateBadge } from '../../show/state-badge.js';
import { Tile } from '../../show/tile.js';
import { chartSummary, stateOf } from './alert-state.js';
import { quantity, resolvedText, subjectText } from './alert-text.js';
import { NoticeLog } from './notice-log.js';
import { WhatToDo } from './what-to-do.js';

/** One case of a rule: what was measured, who was told, and what to do. */
export function AlertPage() {
  const { alertId } = useParams({ strict: false }) as { alertId: string };
  const links = useLinks();
  const isAdmin = useIsAdmin();
  const alert = useQuery(alertsGetOptions({ path: { id: alertId } }));
  return (
    <Page
      title={alert.data ? `${alert.data.ruleName}: ${subjectText(alert.data)}` : 'Alert'}
      above={[{ title: 'Alerts', to: links.alerts() }]}
      mark={alert.data ? <StateBadge {...stateOf(alert.data)} /> : null}
      actions={
        alert.data ? (
          <>
            {isAdmin && alert.data.state === 'open' ? <Acknowledge alert={alert.data} /> : null}
            <GoButton to={links.alertRule(alert.data.ruleId)}>Its rule</GoButton>
          </>
        ) : null
      }
    >
      <Answer query={alert} what="alerts" height={320}>
        {(known) => (
          <>
            <Figures alert={known} />
            <Values alert={known} />
            <WhatToDo alert={known} />
            <NoticeLog notifications={known.notifications} suppressedBy={known.suppressedBy} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Figures({ alert }: { alert: AlertStoryDto }) {
  const { type, lastValue, worstValue, threshold, samples, firedAt, resolvedAt, resolvedReason } = alert;
  const { acknowledgedAt, acknowledgedBy, acknowledgedNote } = alert;
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        <Tile
          title="Last value"
          value={lastValue === null ? '–' : quantity(type, lastValue)}
          note={samples === null ? 'of the state then' : `of ${plural(samples, 'call')}`}
        />
        <Tile
          title="Worst value"
          value={quantity(type, worstValue)}
          note={`threshold ${quantity(type, threshold)}`}
        />
        <Tile title="Fired" value={<Time at={firedAt} />} note={<Time at={firedAt} isExact />} />
        <Tile title="Resolved" value={<Time at={resolvedAt} />} note={resolvedText(resolvedReason)} />
      </SimpleGrid>
      {acknowledgedAt === null ? null : (
        <Text size="sm" component="div" className="breakable">
          Acknowledged <Time at={acknowledgedAt} /> by {acknowledgedBy}
          {acknowledgedNote === null ? '.' : `: ${acknowledgedNote}`}
        </Text>
      )}
    </>
  );
}

function Values({ alert }: { alert: AlertStoryDto }) {
  const { type, noun, series, threshold, worstValue, firedAt, resolvedAt } = alert;
  return (
    <Panel title="Values over time">
      {series === null ? (
        <Text size="sm" className="dimmed">
          {`Past values of the ${noun} are not stored: the rule looks at the state at the time of each check.`}
        </Text>
      ) : (
        <Chart
          label={`${noun} over time`}
          summary={chartSummary(
            { noun, threshold: quantity(type, threshold), worst: quantity(type, worstValue) },
            { subject: subjectText(alert), resolvedAt },
          )}
          kind="lines"
          points={series.points.map(({ at, value }) => ({ at, value }))}
          series={[{ id: 'value', title: noun, tone: 'accent' }]}
          format={(value) => quantity(type, value)}
          threshold={{ value: threshold, title: `threshold ${quantity(type, threshold)}` }}
          span={{ from: firedAt, to: resolvedAt ?? series.to, title: 'open' }}
        />
      )}
    </Panel>
  );
}

function Acknowledge({ alert }: { alert: AlertStoryDto }) {
  const [isAsked, ask] = useState(false);
  const queries = useQueryClient();
  const links = useLinks();
  return (
    <>
      <Button size="xs" leftSection={<Check size={14} aria-hidden />} onClick={() => ask(true)}>
        Acknowledge
      </Button>
      <ConfirmAct
        isOpen={isAsked}
        onClose={() => ask(false)}
        title={`Acknowledge "${alert.ruleName}" for ${subjectText(alert)}?`}
        effect="Everybody sees that you take care of it. It changes nothing else: the alert resolves by itself when its rule no longer fires."
        verb="Acknowledge"
        asksReason="optional"
        run={async (note) => {
          await alertsAcknowledge({ path: { id: alert.id }, body: note === '' ? {} : { note } });
          await queries.invalidateQueries();
        }}
        done={() => (
          <>
            You take care of <Go to={links.alert(alert.id)}>this alert</Go>.
          </>
        )}
      />
    </>
  );
}
