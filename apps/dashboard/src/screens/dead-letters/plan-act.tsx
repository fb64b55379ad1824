import { Button, Group, NumberInput, Stack, Text, Textarea } from '@mantine/core';
import { bulkoperationsPlan } from '@breakwater/client/functions';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { Failed } from '../../show/answer.js';
import { Dialog } from '../../show/dialog.js';
import { bulkFilterOf, type DeadLetterFilters } from './filters.js';

const PER_SECOND = 100;
const PER_SECOND_MAX = 10_000;

interface Props {
  kind: 'redeliver' | 'resolve';
  filters: DeadLetterFilters;
  onClose: () => void;
}

/** Plans a bulk operation over all that match. Nothing changes yet: the plan says how many there are. */
export function PlanAct({ kind, filters, onClose }: Props) {
  const links = useLinks();
  const navigate = useNavigate();
  const [perSecond, setPerSecond] = useState<number | string>(PER_SECOND);
  const [notes, setNotes] = useState('');
  const plan = useMutation({
    mutationFn: async () => {
      const { data } = await bulkoperationsPlan({
        body: {
          kind,
          filter: bulkFilterOf(filters, new Date()),
          perSecond: Number(perSecond),
          ...(kind === 'resolve' && notes.trim() !== '' ? { notes: notes.trim() } : {}),
        },
        throwOnError: true,
      });
      return data;
    },
    onSuccess: ({ id }) => navigate({ to: links.bulkOperation(id) }),
  });
  return (
    <Dialog
      opened
      onClose={onClose}
      title={kind === 'redeliver' ? 'Redeliver all that match?' : 'Resolve all that match?'}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!plan.isPending) plan.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            First it is counted: the next page says how many match, to which endpoints they go, and which
            breakers are open. Nothing changes before you press Run there.
          </Text>
          <NumberInput
            label="At most per second"
            min={1}
            max={PER_SECOND_MAX}
            allowDecimal={false}
            value={perSecond}
            onChange={setPerSecond}
            data-autofocus
          />
          {kind === 'resolve' ? (
            <Textarea
              label="Notes (optional)"
              description="What was done about it. Kept with each."
              maxLength={2000}
              autosize
              minRows={2}
              value={notes}
              onChange={(event) => setNotes(event.currentTarget.value)}
            />
          ) : null}
          {plan.error ? <Failed error={plan.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={plan.isPending}>
              Cancel
            </Button>
            <Button type="submit" loading={plan.isPending} disabled={!(Number(perSecond) >= 1)}>
              Count first
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
