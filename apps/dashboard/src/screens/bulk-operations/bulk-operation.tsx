import { List, Stack, Text } from '@mantine/core';
import type { BulkOperationStoryDto } from '@breakwater/client';
import { bulkoperationsGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { plural } from '../../show/format.js';
import { Notice } from '../../show/notice.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { StateBadge } from '../../show/state-badge.js';
import { Fact } from '../delivery/facts.js';
import { Items } from './items.js';
import { OperationActs } from './operation-acts.js';
import { PlannedEndpoints } from './planned-endpoints.js';
import { OperationProgress } from './operation-progress.js';
import { countOf, termsOf, wordsOf } from './words.js';

/** While it is counted or run, ms. */
const MOVING_MS = 1000;
const MOVING = new Set(['planning', 'running']);

/** One bulk operation: its plan, then its progress, then what became of each item. */
export function BulkOperation() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const links = useLinks();
  const operation = useQuery({
    ...bulkoperationsGetOptions({ path: { id } }),
    refetchInterval: ({ state }) => (MOVING.has(state.data?.status ?? '') ? MOVING_MS : 30_000),
  });
  const { data } = operation;
  return (
    <Page
      title={data ? wordsOf(data.kind).title : 'Bulk operation'}
      above={[
        { title: 'Dead letters', to: links.deadLetters() },
        { title: 'Bulk operations', to: links.bulkOperations() },
      ]}
      mark={data ? <StateBadge state={data.status} /> : null}
      actions={data ? <OperationActs operation={data} /> : null}
    >
      <Answer query={operation} what="bulk operations" height={360}>
        {(story) => <Story story={story} />}
      </Answer>
    </Page>
  );
}

function Story({ story }: { story: BulkOperationStoryDto }) {
  const { status, error, endpoints, notes, url } = story;
  const open = endpoints.filter(({ breaker }) => breaker !== 'closed');
  const isAhead = status === 'planning' || status === 'planned';
  return (
    <Stack gap="md">
      {error === null ? null : (
        <Notice tone="danger" title="Refused">
          {error}
        </Notice>
      )}
      {isAhead && open.length > 0 && story.kind !== 'resolve' && story.kind !== 'cancel' ? (
        <Notice
          tone="warning"
          title={open.length === 1 ? 'A circuit breaker is open' : `${open.length} circuit breakers are open`}
        >
          <Text size="sm">What is sent to these endpoints waits until their breakers close:</Text>
          <List size="sm">
            {open.map(({ endpointId, appId, capability, subscription, items }) => (
              <List.Item key={endpointId} className="breakable">
                {`${appId}: ${subscription ?? capability}, ${plural(items, 'item')}`}
              </List.Item>
            ))}
          </List>
        </Notice>
      ) : null}
      <OperationProgress story={story} />
      <Panel title="What it takes">
        <Stack gap={6}>
          <Fact name="Items">
            {status === 'planning' ? `${countOf(story)} so far; still counting` : countOf(story)}
          </Fact>
          {termsOf(story.filter).map(({ name, value }) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
          {url === null ? null : <Fact name="Sent to">{url}</Fact>}
          {notes === null ? null : <Fact name="Notes">{notes}</Fact>}
          <Fact name="Planned">
            <Time at={story.createdAt} />
            {` by ${story.createdBy}`}
          </Fact>
          {story.startedAt === null ? null : (
            <Fact name="Run">
              <Time at={story.startedAt} />
              {story.startedBy === null ? null : ` by ${story.startedBy}`}
            </Fact>
          )}
        </Stack>
      </Panel>
      <PlannedEndpoints endpoints={endpoints} />
      <Items operation={story} />
    </Stack>
  );
}
