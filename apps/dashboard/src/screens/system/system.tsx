import { Tabs } from '@mantine/core';
import { useFilters } from '../../data/use-filters.js';
import { Page } from '../../show/page.js';
import { AuditLog } from './audit-log.js';
import { Doctor } from './doctor.js';
import { Installation } from './installation.js';
import { ApiKeys } from './keys/api-keys.js';
import { Settings } from './settings.js';
import { Workers } from './workers.js';

const TABS = [
  { id: 'installation', title: 'Installation', Content: Installation },
  { id: 'workers', title: 'Workers', Content: Workers },
  { id: 'doctor', title: 'Doctor', Content: Doctor },
  { id: 'keys', title: 'API keys', Content: ApiKeys },
  { id: 'audit', title: 'Audit log', Content: AuditLog },
  { id: 'settings', title: 'Settings', Content: Settings },
] as const;

/** The installation itself: what runs, with which settings, and who did what. */
export function System() {
  const { values, set } = useFilters(['tab']);
  const shown = TABS.find(({ id }) => id === values.tab) ?? TABS[0];
  return (
    <Page title="System">
      <Tabs value={shown.id} onChange={(tab) => set({ tab })} keepMounted={false}>
        <Tabs.List mb="md">
          {TABS.map(({ id, title }) => (
            <Tabs.Tab key={id} value={id}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown.id}>
          <shown.Content />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
