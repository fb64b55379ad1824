import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  bulkoperationsCancel,
  bulkoperationsRun,
  type BulkOperationStoryDto,
} from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { CircleStop, Play } from 'lucide-react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { formatCount, formatDuration } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { countOf, wordsOf } from './words.js';

/** Runs what is planned, and stops what runs. */
export function OperationActs({ operation }: { operation: BulkOperationStoryDto }) {
  const { may } = useScope();
  const links = useLinks();
  const queries = useQueryClient();
  const [isStarting, starting] = useDisclosure();
  const [isStopping, stopping] = useDisclosure();
  const { id, kind, status, planned, done, perSecond } = operation;
  if (!may(kind === 'resolve' ? 'resolve' : 'redeliver')) return null;
  const { verb, effect } = wordsOf(kind);
  const seconds = Math.ceil(planned / perSecond);
  return (
    <>
      {status === 'planned' ? (
        <Button
          size="xs"
          leftSection={<Play size={14} aria-hidden />}
          disabled={planned === 0}
          onClick={starting.open}
        >
          {`${verb} ${countOf(operation)}`}
        </Button>
      ) : null}
      {status === 'planned' || status === 'running' || status === 'planning' ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<CircleStop size={14} aria-hidden />}
          onClick={stopping.open}
        >
          {status === 'running' ? 'Stop' : 'Discard the plan'}
        </Button>
      ) : null}
      <ConfirmAct
        isOpen={isStarting}
        onClose={starting.close}
        title={`${verb} ${countOf(operation)}?`}
        effect={`${effect} At most ${formatCount(perSecond)} per second: at least ${formatDuration(seconds * 1000)}.`}
        verb={verb}
        run={async () => {
          await bulkoperationsRun({ path: { id }, throwOnError: true });
          await queries.invalidateQueries();
        }}
        done={() => (
          <>
            Started: <Go to={links.bulkOperation(id)}>{countOf(operation)}</Go>
          </>
        )}
      />
      <ConfirmAct
        isOpen={isStopping}
        onClose={stopping.close}
        title={
          status === 'running'
            ? `Stop after ${formatCount(done)} of ${countOf(operation)}?`
            : 'Discard this plan?'
        }
        effect={
          status === 'running'
            ? 'A step of at most 500 items is still finished. What was done is not undone. The rest stays as it is.'
            : 'Nothing was changed by it.'
        }
        verb={status === 'running' ? 'Stop' : 'Discard the plan'}
        isDangerous
        run={async () => {
          await bulkoperationsCancel({ path: { id }, throwOnError: true });
          await queries.invalidateQueries();
        }}
        done={() => (
          <>
            Stopped: <Go to={links.bulkOperation(id)}>{wordsOf(kind).title}</Go>
          </>
        )}
      />
    </>
  );
}
