import { SimpleGrid, Text } from '@mantine/core';
import { alertsList } from '@breakwater/client';
import type { AlertDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ApiError } from '../../data/api-error.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { GoButton } from '../../show/go-button.js';
import { Page } from '../../show/page.js';
import { StateBadge } from '../../show/state-badge.js';
import { Tile } from '../../show/tile.js';
import { NoticeLog } from './notice-log.js';
import { stateOf } from './alert-state.js';
import { quantity, resolvedText, subjectText } from './alert-text.js';

/** One case of a rule. */
export function AlertPage() {
  const { alertId } = useParams({ strict: false }) as { alertId: string };
  const links = useLinks();
  const alert = useQuery({ queryKey: ['alert', alertId], queryFn: () => findAlert(alertId) });
  return (
    <Page
      title={alert.data ? `${alert.data.ruleName}: ${subjectText(alert.data)}` : 'Alert'}
      above={[{ title: 'Alerts', to: links.alerts() }]}
      mark={alert.data ? <StateBadge {...stateOf(alert.data)} /> : null}
      actions={alert.data ? <GoButton to={links.alertRule(alert.data.ruleId)}>Its rule</GoButton> : null}
    >
      <Answer query={alert} what="alerts" height={320}>
        {(known) => (
          <>
            <Figures alert={known} />
            <NoticeLog alert={known} />
          </>
        )}
      </Answer>
    </Page>
  );
}

async function findAlert(id: string): Promise<AlertDto> {
  const { data } = await alertsList({ query: { limit: 200 }, throwOnError: true });
  const found = data.items.find((alert) => alert.id === id);
  if (!found) throw new ApiError(404, 'ALERT_NOT_FOUND', 'No such alert', `There is no alert ${id}.`);
  return found;
}

function Figures({ alert }: { alert: AlertDto }) {
  const { type, lastValue, worstValue, threshold, samples, firedAt, resolvedAt, resolvedReason } = alert;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Tile
        title="Now"
        value={lastValue === null ? '–' : quantity(type, lastValue)}
        note={samples === null ? 'the state now' : `${samples} calls counted`}
      />
      <Tile
        title="Worst"
        value={quantity(type, worstValue)}
        note={`threshold ${quantity(type, threshold)}`}
      />
      <Tile title="Fired" value={<Time at={firedAt} />} note={<Time at={firedAt} isExact />} />
      <Tile
        title="Resolved"
        value={<Time at={resolvedAt} />}
        note={<Text inherit>{resolvedText(resolvedReason)}</Text>}
      />
    </SimpleGrid>
  );
}
