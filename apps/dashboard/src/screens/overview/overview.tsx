import { SimpleGrid, Text } from '@mantine/core';
import { webhookhealthGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../show/answer.js';
import { Page } from '../../show/page.js';
import { StateBadge } from '../../show/state-badge.js';
import { Tile } from '../../show/tile.js';

/** Whether all is well, who suffers, and what to press. */
export function Overview() {
  const health = useQuery(webhookhealthGetOptions());
  return (
    <Page title="Overview">
      <Answer query={health} what="figures">
        {(now) => (
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
            <Tile
              title="Health"
              value={<StateBadge state={now.status} />}
              note={<Text>{now.reasons[0]?.message}</Text>}
            />
          </SimpleGrid>
        )}
      </Answer>
    </Page>
  );
}
