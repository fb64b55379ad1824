import { Paper, Tabs } from '@mantine/core';
import { useFilters } from '../../../data/use-filters.js';
import { Conformance } from '../../conformance/conformance.js';
import { AppHealth } from '../../health/app-health.js';
import { ApiKeys } from '../../system/keys/api-keys.js';
import { PortalLinks } from '../portal-links/portal-links.js';
import { AppBreakers } from './app-breakers.js';
import { AppDeadLetters } from './app-dead-letters.js';
import { AppDeliveries } from './app-deliveries.js';
import { ManifestVersions } from './manifest-versions.js';

const TABS = [
  { id: 'deliveries', title: 'Deliveries', Content: AppDeliveries },
  { id: 'breakers', title: 'Breakers', Content: AppBreakers },
  { id: 'health', title: 'Health checks', Content: AppHealth },
  { id: 'dead-letters', title: 'Dead letters', Content: AppDeadLetters },
  { id: 'manifest', title: 'Manifest', Content: ManifestVersions },
  { id: 'conformance', title: 'Conformance', Content: Conformance },
  { id: 'keys', title: 'Keys', Content: ApiKeys },
  { id: 'portal', title: 'Portal links', Content: PortalLinks },
] as const;

/** Everything that belongs to the app; the tab is in the URL. */
export function AppTabs({ appId }: { appId: string }) {
  const { values, set } = useFilters(['tab']);
  const shown = TABS.find(({ id }) => id === values.tab) ?? TABS[0];
  return (
    <Paper withBorder p="md" component="section" aria-label={`More of ${appId}`}>
      <Tabs value={shown.id} onChange={(tab) => set({ tab })} keepMounted={false}>
        <Tabs.List mb="md">
          {TABS.map(({ id, title }) => (
            <Tabs.Tab key={id} value={id}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown.id}>
          <shown.Content appId={appId} />
        </Tabs.Panel>
      </Tabs>
    </Paper>
  );
}
