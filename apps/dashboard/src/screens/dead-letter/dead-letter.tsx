import { Stack, Text } from '@mantine/core';
import type { DeadLetterStoryDto } from '@breakwater/client';
import { deadlettersGetOptions, deliveriesGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { errorClassOf } from '../../show/delivery-words.js';
import { CodeView, prettyJson } from '../../show/code-view.js';
import { Go } from '../../show/go.js';
import { plural } from '../../show/format.js';
import { Notice } from '../../show/notice.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { StateBadge } from '../../show/state-badge.js';
import { stateOf } from '../dead-letters/columns.js';
import { REASONS } from '../dead-letters/filters.js';
import { BreakerNow } from '../delivery/breaker-now.js';
import { DeliveryStory } from '../delivery/delivery-story.js';
import { sizeOf } from '../delivery/size-of.js';
import { DeadLetterActs } from './dead-letter-acts.js';
import { Note } from './note.js';

/** One dead letter: why it was given up, what was tried, and what a person can do. */
export function DeadLetter() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const links = useLinks();
  const letter = useQuery(deadlettersGetOptions({ path: { id } }));
  const { data } = letter;
  // With its payload, which the delivery within a dead letter does not have. Its retention may have ended.
  const delivery = useQuery({
    ...deliveriesGetOptions({ path: { id: data?.deliveryId ?? '' } }),
    enabled: data !== undefined && data.delivery !== null,
  });
  return (
    <Page
      title={data ? data.eventType : 'Dead letter'}
      above={[{ title: 'Dead letters', to: links.deadLetters() }]}
      mark={data ? <StateBadge state={stateOf(data)} /> : null}
      actions={data ? <DeadLetterActs letter={data} delivery={delivery.data ?? null} /> : null}
    >
      <Answer query={letter} what="dead letters" height={480}>
        {(story) => (
          <Stack gap="md">
            <Why story={story} />
            <Note letter={story} />
            {story.delivery === null ? (
              <Panel title="Payload">
                <CodeView what="payload" text={prettyJson(story.payload)} note={sizeOf(story.payload)} />
              </Panel>
            ) : (
              <Answer query={delivery} what="deliveries" height={360}>
                {(whole) => <DeliveryStory story={whole} />}
              </Answer>
            )}
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Why({ story }: { story: DeadLetterStoryDto }) {
  const links = useLinks();
  const { reason, error, errorClass, attempts, failedAt, requeuedAt, resolvedAt, resolvedBy, notes } = story;
  return (
    <Stack gap="md">
      <Notice
        tone={resolvedAt === null ? 'danger' : 'ok'}
        title={`Given up: ${REASONS[reason] ?? reason.replaceAll('_', ' ')}`}
      >
        <Stack gap={4}>
          <Text size="sm" className="breakable">
            {`After ${plural(attempts, 'attempt')}, `}
            <Time at={failedAt} />
            {`. ${errorClassOf(errorClass)}${error === null ? '' : `: ${error}`}`}
          </Text>
          {requeuedAt === null ? null : (
            <Text size="sm">
              Last sent again <Time at={requeuedAt} />.
            </Text>
          )}
          {resolvedAt === null ? null : (
            <Text size="sm" className="breakable">
              Resolved <Time at={resolvedAt} />
              {resolvedBy === null ? '' : ` by ${resolvedBy}`}
              {notes === null ? '.' : `: ${notes}`}
            </Text>
          )}
          <Text size="sm">
            <Go to={links.delivery(story.deliveryId)}>Its delivery</Go>
          </Text>
        </Stack>
      </Notice>
      {resolvedAt === null ? <BreakerNow appId={story.appId} capability={story.capability} /> : null}
    </Stack>
  );
}
