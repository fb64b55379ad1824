import { Button } from '@mantine/core';
import type { DeadLetterStoryDto, DeliveryStoryDto } from '@breakwater/client';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { ACTS, type ActName } from '../dead-letters/acts.js';
import { stateOf } from '../dead-letters/columns.js';
import { SelectionAct } from '../dead-letters/selection-act.js';
import { isShown } from '../delivery/body-note.js';
import { EditedRedeliverAct } from '../delivery/redeliver-act.js';

/** What can be done with one dead letter. */
export function DeadLetterActs({
  letter,
  delivery,
}: {
  letter: DeadLetterStoryDto;
  /** With its payload; null: not known, or no longer stored. */
  delivery: DeliveryStoryDto | null;
}) {
  const { may, isPortal } = useScope();
  const links = useLinks();
  const navigate = useNavigate();
  const [act, setAct] = useState<ActName | null>(null);
  const [isEditing, setEditing] = useState(false);
  const request = delivery?.request ?? null;
  const isEditable = request !== null && isShown(request) && !request.truncated && may('redeliver');
  const state = stateOf(letter);
  const names = (['redeliver', 'resolve', 'discard'] as const).filter((name) => {
    if (name !== 'discard' && state !== 'unresolved') return false;
    const { capability } = ACTS[name];
    return capability === null ? !isPortal && may('resolve') : may(capability);
  });
  return (
    <>
      {names.map((name) => (
        <Button
          key={name}
          size="xs"
          variant={name === 'redeliver' ? 'filled' : 'default'}
          onClick={() => setAct(name)}
        >
          {ACTS[name].verb}
        </Button>
      ))}
      {isEditable ? (
        <Button size="xs" variant="default" onClick={() => setEditing(true)}>
          Edit and send
        </Button>
      ) : null}
      {isEditing && delivery !== null && isEditable ? (
        <EditedRedeliverAct
          delivery={delivery}
          payload={request.content}
          isOpen
          onClose={() => setEditing(false)}
        />
      ) : null}
      {act ? (
        <SelectionAct
          act={act}
          letters={[letter]}
          onClose={(isDone) => {
            setAct(null);
            if (isDone && act === 'discard') void navigate({ to: links.deadLetters() });
          }}
        />
      ) : null}
    </>
  );
}
