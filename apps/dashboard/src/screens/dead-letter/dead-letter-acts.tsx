import { Button } from '@mantine/core';
import type { DeadLetterStoryDto } from '@breakwater/client';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { ACTS, type ActName } from '../dead-letters/acts.js';
import { stateOf } from '../dead-letters/columns.js';
import { SelectionAct } from '../dead-letters/selection-act.js';

/** What can be done with one dead letter. */
export function DeadLetterActs({ letter }: { letter: DeadLetterStoryDto }) {
  const { may, isPortal } = useScope();
  const links = useLinks();
  const navigate = useNavigate();
  const [act, setAct] = useState<ActName | null>(null);
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
