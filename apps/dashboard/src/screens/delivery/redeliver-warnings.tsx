import { List } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Failed } from '../../show/answer.js';
import { Notice } from '../../show/notice.js';
import { redeliver } from './redeliver.js';

/** Says first what would delay it, such as an open breaker or a pause, or why it is refused. */
export function RedeliverWarnings({ id }: { id: string }) {
  const trial = useQuery({
    queryKey: ['redelivery on trial', id],
    queryFn: () => redeliver(id, { dryRun: true }),
    // Asked once, when the dialog opens: each is an act in the audit log.
    enabled: ({ state }) => state.status === 'pending',
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (trial.error) return <Failed error={trial.error} />;
  const warnings = trial.data?.warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <Notice tone="warning" title="It may not arrive at once">
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Notice>
  );
}
