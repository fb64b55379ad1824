import { Stack, Text } from '@mantine/core';
import type { DeliveryDto } from '@breakwater/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { subjectOf } from '../../show/delivery-words.js';
import { Go } from '../../show/go.js';
import { JsonField, parseJson } from '../../show/json-field.js';
import { RedeliverWarnings } from './redeliver-warnings.js';
import { redeliver } from './redeliver.js';

interface Props {
  delivery: DeliveryDto;
  isOpen: boolean;
  onClose: () => void;
}

/** Sends a finished delivery again, under the same webhook-id. */
export function RedeliverAct({ delivery, isOpen, onClose }: Props) {
  const links = useLinks();
  const queries = useQueryClient();
  const { id, appId } = delivery;
  return (
    <ConfirmAct
      isOpen={isOpen}
      onClose={onClose}
      title={`Redeliver ${subjectOf(delivery)} to ${appId}?`}
      effect={
        <Stack gap="xs">
          <RedeliverWarnings id={id} />
          <Text size="sm">
            The same bytes are sent again now, under the same webhook-id, with a new budget of retries. A
            receiver that has seen this webhook-id may ignore it.
          </Text>
        </Stack>
      }
      verb="Redeliver"
      run={async () => {
        await redeliver(id);
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

/** Sends another payload in place of what failed: a new delivery that says where it comes from. */
export function EditedRedeliverAct({ delivery, isOpen, onClose, payload }: Props & { payload: string }) {
  const links = useLinks();
  const queries = useQueryClient();
  const [text, setText] = useState(payload);
  const { id, appId } = delivery;
  const isJson = parseJson(text).problem === null;
  return (
    <ConfirmAct
      isOpen={isOpen}
      onClose={onClose}
      title={`Send ${subjectOf(delivery)} to ${appId} with another payload?`}
      effect={
        <Stack gap="xs">
          <RedeliverWarnings id={id} />
          <Text size="sm">
            A new delivery with its own webhook-id is made, marked as edited. This one stays as it is. What
            was sent cannot be taken back.
          </Text>
        </Stack>
      }
      verb="Send"
      isReady={isJson && text !== payload}
      run={async () => {
        const sent = await redeliver(id, { payload: text });
        await queries.invalidateQueries();
        return sent;
      }}
      done={(sent) => (
        <>
          Due now: <Go to={links.delivery(sent.id)}>the edited delivery</Go>
        </>
      )}
    >
      <JsonField label="Payload" value={text} onChange={setText} />
    </ConfirmAct>
  );
}
