import { Text } from '@mantine/core';
import { deliveriesRedeliver, type DeliveryDto } from '@breakwater/client';
import { useQueryClient } from '@tanstack/react-query';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { subjectOf } from '../../show/delivery-words.js';
import { Go } from '../../show/go.js';
import { BreakerNow } from './breaker-now.js';

interface Props {
  delivery: DeliveryDto;
  isOpen: boolean;
  onClose: () => void;
}

/** Sends a finished delivery again, under the same webhook-id. */
export function RedeliverAct({ delivery, isOpen, onClose }: Props) {
  const links = useLinks();
  const queries = useQueryClient();
  const { id, appId, capability } = delivery;
  return (
    <ConfirmAct
      isOpen={isOpen}
      onClose={onClose}
      title={`Redeliver ${subjectOf(delivery)} to ${appId}?`}
      effect={
        <>
          <BreakerNow appId={appId} capability={capability} />
          <Text size="sm">
            The same bytes are sent again now, under the same webhook-id, with a new budget of retries. A
            receiver that has seen this webhook-id may ignore it.
          </Text>
        </>
      }
      verb="Redeliver"
      run={async () => {
        await deliveriesRedeliver({ path: { id }, throwOnError: true });
        await queries.invalidateQueries();
      }}
      done={() => (
        <>
          Due now: <Go to={links.delivery(id)}>the delivery of {subjectOf(delivery)}</Go>
        </>
      )}
    />
  );
}
