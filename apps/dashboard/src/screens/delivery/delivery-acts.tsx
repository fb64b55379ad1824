import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { deliveriesCancel, type DeliveryStoryDto } from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { Ban, Pencil, RotateCcw } from 'lucide-react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { attemptsOf, subjectOf } from '../../show/delivery-words.js';
import { Go } from '../../show/go.js';
import { isShown } from './body-note.js';
import { EditedRedeliverAct, RedeliverAct } from './redeliver-act.js';

/** What a person can do with a delivery. */
export function DeliveryActs({ delivery }: { delivery: DeliveryStoryDto }) {
  const { may } = useScope();
  const [isRedelivering, redelivering] = useDisclosure();
  const [isEditing, editing] = useDisclosure();
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
  // The caller of a sync call had its answer long ago.
  if (delivery.mode === 'sync') return null;
  const { request } = delivery;
  const isEditable = request !== null && isShown(request) && !request.truncated;
  return (
    <>
      <Button size="xs" leftSection={<RotateCcw size={14} aria-hidden />} onClick={redelivering.open}>
        Redeliver
      </Button>
      {isEditable ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<Pencil size={14} aria-hidden />}
          onClick={editing.open}
        >
          Edit and send
        </Button>
      ) : null}
      {isRedelivering ? <RedeliverAct delivery={delivery} isOpen onClose={redelivering.close} /> : null}
      {isEditing && isEditable ? (
        <EditedRedeliverAct delivery={delivery} payload={request.content} isOpen onClose={editing.close} />
      ) : null}
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
