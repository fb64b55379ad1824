import { SimpleGrid } from '@mantine/core';
import type { DeliveryStoryDto } from '@breakwater/client';
import { Countdown, Time } from '../../show/clock.js';
import { attemptsOf, errorClassOf } from '../../show/delivery-words.js';
import { formatDuration } from '../../show/format.js';
import { Tile } from '../../show/tile.js';

/** When it was accepted, first and last tried, and ended or is tried again. */
export function TimesStrip({ story }: { story: DeliveryStoryDto }) {
  const attempts = [...story.history].sort((one, other) => one.number - other.number);
  const first = attempts[0];
  const last = attempts.at(-1);
  const isPending = story.status === 'pending';
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      <Tile
        title="Accepted"
        value={<Time at={story.createdAt} />}
        note={<Time at={story.createdAt} isExact />}
      />
      <Tile
        title="First attempt"
        value={first ? `+${after(story.createdAt, first.startedAt)}` : 'none yet'}
        note={first ? <Time at={first.startedAt} isExact /> : null}
      />
      <Tile
        title="Attempts"
        value={attemptsOf(story)}
        note={
          last
            ? `last: ${last.httpStatus === null ? errorClassOf(last.errorClass) : `HTTP ${last.httpStatus}`}`
            : null
        }
      />
      {isPending ? (
        <Tile
          title="Next attempt"
          value={<Countdown to={story.nextAttemptAt} />}
          note={<Time at={story.nextAttemptAt} isExact />}
          tone="info"
        />
      ) : (
        <Tile
          title="Ended"
          value={story.finishedAt ? `+${after(story.createdAt, story.finishedAt)}` : '–'}
          note={<Time at={story.finishedAt} isExact />}
          tone={story.status === 'completed' ? 'ok' : story.status === 'cancelled' ? 'neutral' : 'danger'}
        />
      )}
    </SimpleGrid>
  );
}

function after(from: string, to: string): string {
  return formatDuration(Math.max(0, Date.parse(to) - Date.parse(from)));
}
