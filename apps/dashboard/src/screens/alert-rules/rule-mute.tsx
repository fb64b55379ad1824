import { Button, NativeSelect } from '@mantine/core';
import { alertrulesUpdate } from '@breakwater/client/functions';
import type { AlertRuleDto } from '@breakwater/client';
import { useQueryClient } from '@tanstack/react-query';
import { BellOff, BellRing } from 'lucide-react';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { useNow } from '../../show/clock.js';
import { ConfirmAct } from '../../show/confirm.js';
import { Go } from '../../show/go.js';
import { isMuted } from './rule-draft.js';

const HOUR_MS = 3_600_000;
const LENGTHS = [
  { value: '1', label: '1 h' },
  { value: '4', label: '4 h' },
  { value: '24', label: '1 day' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
];

/** For a while nobody is notified; or again. */
export function RuleMute({ rule }: { rule: AlertRuleDto }) {
  const [isAsked, ask] = useState(false);
  const [hours, setHours] = useState('4');
  const now = useNow();
  const queries = useQueryClient();
  const links = useLinks();
  const isOff = isMuted(rule, now);
  const set = async (mutedUntil: string | null): Promise<void> => {
    await alertrulesUpdate({ path: { id: rule.id }, body: { mutedUntil } });
    await queries.invalidateQueries();
  };
  const link = <Go to={links.alertRule(rule.id)}>{rule.name}</Go>;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={isOff ? <BellRing size={14} aria-hidden /> : <BellOff size={14} aria-hidden />}
        onClick={() => ask(true)}
      >
        {isOff ? 'Unmute' : 'Mute'}
      </Button>
      {isOff ? (
        <ConfirmAct
          isOpen={isAsked}
          onClose={() => ask(false)}
          title={`Unmute the rule "${rule.name}"?`}
          effect="People are notified again, from the next check on."
          verb="Unmute"
          run={() => set(null)}
          done={() => <>{link} is no longer muted.</>}
        />
      ) : (
        <ConfirmAct
          isOpen={isAsked}
          onClose={() => ask(false)}
          title={`Mute the rule "${rule.name}"?`}
          effect="It goes on opening and resolving alerts, but nobody is notified until the time is over."
          verb="Mute"
          run={() => set(new Date(Date.now() + Number(hours) * HOUR_MS).toISOString())}
          done={() => <>{link} is muted.</>}
        >
          <NativeSelect
            label="For"
            value={hours}
            onChange={({ currentTarget: { value } }) => setHours(value)}
            data={LENGTHS}
          />
        </ConfirmAct>
      )}
    </>
  );
}
