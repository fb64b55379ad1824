import { Button } from '@mantine/core';
import type { BreakerDto } from '@breakwater/client';
import { breakersAutomatic, breakersForce, breakersReset } from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleX, RotateCcw, Workflow, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { Go } from '../../show/go.js';
import { actsOf, WORDING, type BreakerAct } from './breaker-acts.js';

const ICONS: Record<BreakerAct, LucideIcon> = {
  reset: RotateCcw,
  open: CircleX,
  closed: CircleCheck,
  automatic: Workflow,
};

/** Buttons for what can be done with a breaker now; each asks first. */
export function BreakerActs({
  breaker,
}: {
  breaker: Pick<BreakerDto, 'appId' | 'capability' | 'state' | 'forced'>;
}) {
  const [asked, ask] = useState<BreakerAct | null>(null);
  const queries = useQueryClient();
  const links = useLinks();
  const { appId, capability } = breaker;
  const name = `${appId} / ${capability}`;
  const path = { appId, capability };
  const acts: Record<BreakerAct, (reason: string) => Promise<unknown>> = {
    reset: () => breakersReset({ path }),
    open: (reason) => breakersForce({ path, body: { state: 'open', reason } }),
    closed: (reason) => breakersForce({ path, body: { state: 'closed', reason } }),
    automatic: (reason) => breakersAutomatic({ path, body: { reason } }),
  };
  const wording = asked === null ? null : WORDING[asked];
  return (
    <>
      {actsOf(breaker).map((act) => {
        const Icon = ICONS[act];
        return (
          <Button
            key={act}
            size="xs"
            variant="default"
            leftSection={<Icon size={14} aria-hidden />}
            aria-label={`${WORDING[act].verb}: ${name}`}
            onClick={() => ask(act)}
          >
            {WORDING[act].verb}
          </Button>
        );
      })}
      {asked !== null && wording ? (
        <ConfirmAct
          isOpen
          onClose={() => ask(null)}
          title={wording.question(name)}
          effect={wording.effect}
          verb={wording.verb}
          isDangerous={wording.isDangerous}
          asksReason={asked !== 'reset'}
          run={async (reason) => {
            await acts[asked](reason);
            await queries.invalidateQueries();
          }}
          done={() => (
            <>
              {wording.done(name)} <Go to={links.breaker(appId, capability)}>Its history</Go>
            </>
          )}
        />
      ) : null}
    </>
  );
}
