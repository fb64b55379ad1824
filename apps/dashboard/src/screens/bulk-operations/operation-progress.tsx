import { Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import type { BulkOperationStoryDto } from '@breakwater/client';
import { Countdown, Time } from '../../show/clock.js';
import { formatCount, formatShare } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { Tile } from '../../show/tile.js';

/** How far it is, at what rate, and when it ends. */
export function OperationProgress({ story }: { story: BulkOperationStoryDto }) {
  const { status, planned, done, succeeded, skipped, failed, perSecond, perSecondNow, estimatedEnd } = story;
  if (status === 'planning' || status === 'planned' || status === 'refused') return null;
  return (
    <Panel title="Progress">
      <Stack gap="sm">
        <Progress
          value={planned === 0 ? 100 : (done / planned) * 100}
          animated={status === 'running'}
          size="lg"
          aria-label="Progress"
        />
        <Text size="sm" role="status">
          {`${formatCount(done)} of ${formatCount(planned)} done (${formatShare(done, planned)})`}
          {status === 'running' ? (
            <>
              {`, ${perSecondNow === null ? 'at most' : `${formatCount(Math.round(perSecondNow))} per second of at most`} ${formatCount(perSecond)}`}
              {estimatedEnd === null ? null : (
                <>
                  , ends <Countdown to={estimatedEnd} />
                </>
              )}
            </>
          ) : (
            <>
              , ended <Time at={story.finishedAt} />
            </>
          )}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <Tile title="Succeeded" value={formatCount(succeeded)} tone="ok" />
          <Tile title="Skipped: nothing to do any more" value={formatCount(skipped)} />
          <Tile
            title="Failed"
            value={formatCount(failed)}
            {...(failed > 0 ? { tone: 'danger' as const } : {})}
          />
        </SimpleGrid>
      </Stack>
    </Panel>
  );
}
