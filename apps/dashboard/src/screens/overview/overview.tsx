import { SimpleGrid, Stack } from '@mantine/core';
import { overviewGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../show/answer.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { EndsChart } from '../../show/series/charts.js';
import { DemoPanel } from '../system/demo-panel.js';
import { OpenAlerts } from './open-alerts.js';
import { Tiles } from './tiles.js';
import { Verdict } from './verdict.js';
import { WorstApps } from './worst-apps.js';

/** A heartbeat must not look old only because it was read long ago, ms. */
const EVERY_MS = 10_000;

/** Whether all is well, who suffers, and what to press. */
export function Overview() {
  const overview = useQuery({ ...overviewGetOptions(), refetchInterval: EVERY_MS });
  return (
    <Page title="Overview">
      <Answer query={overview} what="figures" height={420}>
        {(now) => (
          <Stack gap="md">
            <Verdict verdict={now.verdict} apps={now.apps} />
            <Tiles tiles={now.tiles} />
            <Panel title="How deliveries ended, last 24 hours">
              <EndsChart of="all apps" totals={now.outcomes.totals} steps={now.outcomes.series} />
            </Panel>
          </Stack>
        )}
      </Answer>
      <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
        <WorstApps />
        <OpenAlerts />
      </SimpleGrid>
      <DemoPanel />
    </Page>
  );
}
