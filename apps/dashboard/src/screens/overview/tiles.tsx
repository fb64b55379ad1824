import { SimpleGrid } from '@mantine/core';
import type { OverviewTilesDto } from '@breakwater/client';
import { useLinks } from '../../session/use-links.js';
import { Time } from '../../show/clock.js';
import { FEW, formatCount, formatDuration, formatShare, plural } from '../../show/format.js';
import { Tile } from '../../show/tile.js';
import { comparedRate } from './reasons.js';

/** From here on a queue is late, s. */
const LATE_S = 60;
/** A worker writes its heartbeat each 5 s; older ones are not normal, ms. */
const HEARTBEAT_LATE_MS = 20_000;

/** One number each, with the list that it is made of. */
export function Tiles({ tiles }: { tiles: OverviewTilesDto }) {
  const links = useLinks();
  const { lastHour, hourBefore, deadLetters, queue } = tiles;
  const hour = { from: lastHour.from, to: lastHour.to };
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Tile
        title="Deliveries per minute"
        value={perMinute(tiles.deliveriesPerMinute)}
        note="that ended, average of 5 minutes"
        to={links.deliveries(hour)}
      />
      <Tile
        title="Success, last hour"
        value={formatShare(lastHour.completed, lastHour.ended)}
        note={successNote(lastHour, hourBefore)}
        to={links.deliveries(hour)}
      />
      <Tile
        title="Duration p95, last hour"
        value={lastHour.p95Ms === null ? '–' : formatDuration(lastHour.p95Ms)}
        note={`of ${plural(lastHour.calls, 'call')}`}
        to={links.apps()}
      />
      <Tile
        title="Breakers open"
        value={formatCount(tiles.openBreakers)}
        note={tiles.openBreakers === 0 ? 'all are closed' : 'open or half-open'}
        tone={tiles.openBreakers > 0 ? 'danger' : undefined}
        to={links.breakers()}
      />
      <Tile
        title="Dead letters"
        value={formatCount(deadLetters.count)}
        note={deadLetters.oldestAt === null ? 'none waits' : <Oldest at={deadLetters.oldestAt} />}
        tone={deadLetters.count > 0 ? 'warning' : undefined}
        to={links.deadLetters()}
      />
      <Tile
        title="Queue lag"
        value={queue.lagSeconds === 0 ? '0 s' : formatDuration(queue.lagSeconds * 1000)}
        note={queue.oldestDueAt === null ? 'nothing is due' : 'how long the oldest due delivery waits'}
        tone={queue.lagSeconds >= LATE_S ? 'danger' : undefined}
        to={links.deliveries({ status: 'pending' })}
      />
      {tiles.workers ? <WorkersTile workers={tiles.workers} /> : null}
      <Tile
        title="Alerts firing"
        value={formatCount(tiles.firingAlerts)}
        note={tiles.firingAlerts === 0 ? 'none' : undefined}
        tone={tiles.firingAlerts > 0 ? 'danger' : undefined}
        to={links.alerts({ state: 'open' })}
      />
    </SimpleGrid>
  );
}

function WorkersTile({ workers }: { workers: NonNullable<OverviewTilesDto['workers']> }) {
  const { system } = useLinks();
  const isLate = workers.alive === 0 || workers.lastHeartbeatAt === null;
  return (
    <Tile
      title="Last worker heartbeat"
      value={workers.lastHeartbeatAt === null ? 'none' : <Time at={workers.lastHeartbeatAt} />}
      note={
        workers.alive === 0
          ? `no worker was seen for ${formatDuration(HEARTBEAT_LATE_MS)}`
          : `${plural(workers.alive, 'worker')} alive`
      }
      tone={isLate ? 'danger' : undefined}
      to={`${system}?tab=workers`}
    />
  );
}

function Oldest({ at }: { at: string }) {
  return (
    <>
      oldest failed <Time at={at} />
    </>
  );
}

function perMinute(rate: number): string {
  return rate > 0 && rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate));
}

function successNote(now: OverviewTilesDto['lastHour'], before: OverviewTilesDto['hourBefore']): string {
  const counts = `${formatCount(now.completed)} of ${formatCount(now.ended)} that ended`;
  const compared = comparedRate(now, before, FEW);
  if (compared !== null) return `${counts}; ${compared}`;
  return `${counts}; ${formatCount(before.completed)} of ${formatCount(before.ended)} in the hour before`;
}
