import { Button, Group, List, Progress, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { DeadLetterDto } from '@breakwater/client';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiError } from '../../data/api-error.js';
import { useLinks } from '../../session/use-links.js';
import { Dialog } from '../../show/dialog.js';
import { plural } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Notice } from '../../show/notice.js';
import { BreakerNow } from '../delivery/breaker-now.js';
import { ACTS, type ActName } from './acts.js';

interface Result {
  letter: DeadLetterDto;
  /** Null: done. */
  problem: string | null;
}

interface Props {
  act: ActName;
  letters: readonly DeadLetterDto[];
  onClose: (isDone: boolean) => void;
}

/** Breakers of a selection that are looked at, at most. */
const BREAKERS_MAX = 3;

/** Does the same to each selected dead letter, one after the other, with a result for each. It can be stopped. */
export function SelectionAct({ act, letters, onClose }: Props) {
  const { verb, past, effect, isDangerous, hasNotes, run } = ACTS[act];
  const queries = useQueryClient();
  const [notes, setNotes] = useState('');
  const [typed, setTyped] = useState('');
  const [results, setResults] = useState<Result[] | null>(null);
  const [isRunning, setRunning] = useState(false);
  const isStopped = useRef(false);
  const count = plural(letters.length, 'dead letter');
  const word = `discard ${letters.length}`;
  const isReady = act !== 'discard' || typed.trim() === word;

  async function start(): Promise<void> {
    setRunning(true);
    const done: Result[] = [];
    for (const letter of letters) {
      if (isStopped.current) break;
      done.push({ letter, problem: await problemOf(run(letter, notes.trim())) });
      setResults([...done]);
    }
    setRunning(false);
    await queries.invalidateQueries();
  }

  return (
    <Dialog
      opened
      onClose={() => {
        if (!isRunning) onClose(results !== null);
      }}
      title={`${verb} ${count}?`}
    >
      {results === null && !isRunning ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) void start();
          }}
        >
          <Stack gap="sm">
            {act === 'redeliver'
              ? endpointsOf(letters).map(({ appId, capability }) => (
                  <BreakerNow key={`${appId} ${capability}`} appId={appId} capability={capability} />
                ))
              : null}
            <Text size="sm">{effect}</Text>
            {hasNotes ? (
              <Textarea
                label="Notes (optional)"
                description="What was done about it. Kept with each."
                maxLength={2000}
                autosize
                minRows={2}
                data-autofocus
                value={notes}
                onChange={(event) => setNotes(event.currentTarget.value)}
              />
            ) : null}
            {act === 'discard' ? (
              <TextInput
                label={`Type ${word} to confirm`}
                autoComplete="off"
                data-autofocus
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            ) : null}
            <Group justify="flex-end">
              <Button variant="default" onClick={() => onClose(false)}>
                Cancel
              </Button>
              <Button type="submit" color={isDangerous ? 'danger' : undefined} disabled={!isReady}>
                {verb}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Progressing
          results={results ?? []}
          total={letters.length}
          past={past}
          isRunning={isRunning}
          onStop={() => {
            isStopped.current = true;
          }}
          onClose={() => onClose(true)}
        />
      )}
    </Dialog>
  );
}

interface ProgressingProps {
  results: readonly Result[];
  total: number;
  past: string;
  isRunning: boolean;
  onStop: () => void;
  onClose: () => void;
}

function Progressing({ results, total, past, isRunning, onStop, onClose }: ProgressingProps) {
  const links = useLinks();
  const refused = results.filter(({ problem }) => problem !== null);
  const done = results.length - refused.length;
  return (
    <Stack gap="sm">
      <Progress value={(results.length / total) * 100} aria-label="Progress" />
      <Text role="status">
        {`${done} of ${total} ${past}`}
        {refused.length > 0 ? `, ${refused.length} refused` : ''}
        {!isRunning && results.length < total ? `, ${total - results.length} not tried` : ''}
      </Text>
      {refused.length > 0 ? (
        <Notice tone="warning" title="Refused">
          <List size="sm">
            {refused.map(({ letter, problem }) => (
              <List.Item key={letter.id} className="breakable">
                <Go to={links.deadLetter(letter.id)}>{letter.eventType}</Go>: {problem}
              </List.Item>
            ))}
          </List>
        </Notice>
      ) : null}
      <Group justify="flex-end">
        {isRunning ? (
          <Button variant="default" onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button onClick={onClose}>Close</Button>
        )}
      </Group>
    </Stack>
  );
}

async function problemOf(work: Promise<void>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return error instanceof ApiError ? error.detail : 'it failed';
  }
}

function endpointsOf(letters: readonly DeadLetterDto[]): { appId: string; capability: string }[] {
  const found = new Map(
    letters.map(({ endpointId, appId, capability }) => [endpointId, { appId, capability }]),
  );
  return [...found.values()].slice(0, BREAKERS_MAX);
}
