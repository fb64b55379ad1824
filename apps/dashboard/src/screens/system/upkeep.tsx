import { Button } from '@mantine/core';
import { maintenanceRun, type MaintenanceReportDto } from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../session/session.js';
import { ConfirmAct } from '../../show/confirm.js';
import { plural } from '../../show/format.js';

/** Does the daily upkeep now. */
export function Upkeep() {
  const [isOpen, open] = useState(false);
  const queries = useQueryClient();
  const session = useSession();
  if (!session.data?.scopes.includes('admin')) return null;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => open(true)}>
        Run upkeep now
      </Button>
      <ConfirmAct
        isOpen={isOpen}
        onClose={() => open(false)}
        title="Do the daily upkeep now?"
        effect="Missing partitions are made, and what is older than its retention is removed, as each day. What is removed cannot be brought back."
        verb="Run"
        run={async () => {
          const { data } = await maintenanceRun({ throwOnError: true });
          await queries.invalidateQueries();
          return data;
        }}
        done={sentence}
      />
    </>
  );
}

function sentence({ partitionsMade, partitionsDropped, removed }: MaintenanceReportDto): string {
  const rows = Object.values(removed).reduce((sum, count) => sum + count, 0);
  return `Upkeep done: ${plural(partitionsMade.length, 'partition')} made, ${partitionsDropped.length} dropped, ${plural(rows, 'row')} removed.`;
}
