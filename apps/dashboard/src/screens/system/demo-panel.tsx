import { Button, Group, Paper, Text } from '@mantine/core';
import { demoRemove } from '@breakwater/client/functions';
import { demoPresenceOptions } from '@breakwater/client/queries';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../session/session.js';
import { Time } from '../../show/clock.js';
import { ConfirmAct } from '../../show/confirm.js';
import { plural } from '../../show/format.js';
import { StateBadge } from '../../show/state-badge.js';

/** Says that there is a demo, and removes it. Nothing where there is none, or for those who may not. */
export function DemoPanel() {
  const session = useSession();
  const isAdmin = session.data?.scopes.includes('admin') ?? false;
  const demo = useQuery({ ...demoPresenceOptions(), enabled: isAdmin, meta: { isSlow: true } });
  const queries = useQueryClient();
  const [isOpen, open] = useState(false);
  if (!demo.data?.present) return null;
  const { apps, deliveries, since } = demo.data;
  return (
    <Paper withBorder p="sm" component="section" aria-label="Demo">
      <Group justify="space-between">
        <Group gap="sm">
          <StateBadge state="demo" tone="info" />
          <Text size="sm">
            {`${plural(apps, 'app')} with ${plural(deliveries, 'delivery', 'deliveries')} of the demo`}
            {since === null ? null : (
              <>
                , since <Time at={since} />
              </>
            )}
          </Text>
        </Group>
        <Button size="xs" variant="default" onClick={() => open(true)}>
          Remove the demo
        </Button>
      </Group>
      <ConfirmAct
        isOpen={isOpen}
        onClose={() => open(false)}
        title={`Remove the demo: ${plural(apps, 'app')}, ${plural(deliveries, 'delivery', 'deliveries')}?`}
        effect="The apps of the demo are removed with everything that belongs to them, what you made in them included. Your own apps stay. This cannot be undone."
        verb="Remove"
        isDangerous
        run={async () => {
          const { data } = await demoRemove({ throwOnError: true });
          await queries.invalidateQueries();
          return data;
        }}
        done={(removed) =>
          `The demo is removed: ${plural(removed.apps, 'app')}, ${plural(removed.deliveries, 'delivery', 'deliveries')}.`
        }
      />
    </Paper>
  );
}
