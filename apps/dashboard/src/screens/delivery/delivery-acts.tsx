import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { deliveriesCancel, type DeliveryStoryDto } from '@breakwater/client';
import { useQueryClient } from '@tanstack/react-query';
import { Ban, RotateCcw } from 'lucide-react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { attemptsOf, subjectOf } from '../../show/delivery-words.js';
import { Go } from '../../show/go.js';
import { RedeliverAct } from './redeliver-act.js';

/** What a person can do with a delivery. */
export function DeliveryActs({ delivery }: { delivery: DeliveryStoryDto }) {
  const { may } = useScope();
  const [isRedelivering, redelivering] = useDisclosure();
  const [isCancelling, cancelling] = useDisclosure();
  if (!may('redeliver')) return null;
  if (delivery.status === 'pending') {
    return (
      <>
        <Button
          size="xs"
          variant="default"
          leftSection={<Ban size={14} aria-hidden />}
          onClick={cancelling.open}
        >
          Cancel retries
        </Button>
        <CancelAct delivery={delivery} isOpen={isCancelling} onClose={cancelling.close} />
      </>
    );
  }
  return (
    <>
      <Button size="xs" leftSection={<RotateCcw size={14} aria-hidden />} onClick={redelivering.open}>
        Redeliver
      </Button>
      <RedeliverAct delivery={delivery} isOpen={isRedelivering} onClose={redelivering.close} />
    </>
  );
}

function CancelAct({
  delivery,
  isOpen,
  onClose,
}: {
  delivery: DeliveryStoryDto;
  isOpen: boolean;
  onClose: () => void;
}) {
  const links = useLinks();
  const queries = useQueryClient();
  const { id } = delivery;
  return (
    <ConfirmAct
      isOpen={isOpen}
      onClose={onClose}
      title={`Cancel ${subjectOf(delivery)} to ${delivery.appId}?`}
      effect={`No further attempt is made; ${attemptsOf(delivery)} were made. A call in progress is not stopped. The delivery ends as cancelled, is no dead letter, and can be sent again by a person.`}
      verb="Cancel retries"
      isDangerous
      run={async () => {
        await deliveriesCancel({ path: { id }, throwOnError: true });
        await queries.invalidateQueries();
      }}
      done={() => (
        <>
          Cancelled: <Go to={links.delivery(id)}>the delivery of {subjectOf(delivery)}</Go>
        </>
      )}
    />
  );
}
