import { Button, Group, List, SimpleGrid, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { EventStoryDto } from '@breakwater/client';
import { eventsGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Countdown, Time } from '../../show/clock.js';
import { CodeView, prettyJson } from '../../show/code-view.js';
import { Facts } from '../../show/facts.js';
import { formatCount, plural } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Notice } from '../../show/notice.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { StateBadge } from '../../show/state-badge.js';
import { sizeOf } from '../delivery/size-of.js';
import { CapturedRequest } from './captured-request.js';
import { EventDeliveries, SkippedSubscriptions } from './event-deliveries.js';
import { ReplayAct } from './replay-act.js';

/** One event: who got it, who did not, and why. */
export function Event() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const links = useLinks();
  const { isPortal, may } = useScope();
  const [isReplaying, replaying] = useDisclosure();
  const event = useQuery(eventsGetOptions({ path: { id } }));
  const { data } = event;
  return (
    <Page
      title={data ? data.type : 'Event'}
      above={[{ title: 'Events', to: links.events() }]}
      mark={data ? <StateBadge state={data.status} /> : null}
      about={
        <>
          Event <span className="mono breakable">{id}</span>
        </>
      }
      actions={
        data && !isPortal && may('redeliver') ? (
          <Button size="xs" leftSection={<RotateCcw size={14} aria-hidden />} onClick={replaying.open}>
            Replay
          </Button>
        ) : null
      }
    >
      <Answer query={event} what="events" height={420}>
        {(story) => <Story story={story} />}
      </Answer>
      {data && isReplaying ? <ReplayAct event={data} onClose={replaying.close} /> : null}
    </Page>
  );
}

function Story({ story }: { story: EventStoryDto }) {
  const links = useLinks();
  const { isPortal } = useScope();
  const { appId, requestId, publishedBy, sourceId, deliverAt, warnings, payload, request, metadata } = story;
  return (
    <Stack gap="md">
      {story.status === 'scheduled' ? (
        <Notice tone="info" title="Due later">
          <Text size="sm">
            It goes to the subscriptions of that time: <Countdown to={deliverAt} />.
          </Text>
        </Notice>
      ) : null}
      {warnings.length > 0 ? (
        <Notice tone="warning" title={`${plural(warnings.length, 'difference')} from the schema of its type`}>
          <List size="sm">
            {warnings.map(({ pointer, message }) => (
              <List.Item key={`${pointer} ${message}`} className="breakable">
                {`${pointer}: ${message}`}
              </List.Item>
            ))}
          </List>
        </Notice>
      ) : null}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="About">
          <Facts
            facts={[
              [
                'Of',
                appId === null ? 'the platform' : isPortal ? appId : <Go to={links.app(appId)}>{appId}</Go>,
              ],
              ['From', sourceId === null ? (publishedBy ?? 'unknown') : 'a source, which captured it'],
              ['Accepted', <Time key="at" at={story.createdAt} isExact />],
              [
                'Request',
                <span key="request" className="mono">
                  {requestId}
                </span>,
              ],
              ['Content', story.contentType],
            ]}
          />
        </Panel>
        <Panel title="Deliveries by status">
          <Group gap="sm">
            {Object.entries(story.deliveriesByStatus).map(([status, count]) => (
              <Group key={status} gap={4}>
                <StateBadge state={status} />
                <Text size="sm" className="numbers">
                  {formatCount(count)}
                </Text>
              </Group>
            ))}
            {story.deliveryCount === 0 ? <Text size="sm">No delivery was made.</Text> : null}
          </Group>
        </Panel>
      </SimpleGrid>
      <EventDeliveries story={story} />
      <SkippedSubscriptions story={story} />
      {request === null ? null : <CapturedRequest request={request} />}
      <Panel title="Payload">
        {payload === null ? (
          <Text className="dimmed">
            {request?.bodyBase64
              ? 'It is no text: see the captured request.'
              : 'Not shown: a key that only reads may not see payloads.'}
          </Text>
        ) : (
          <CodeView what="payload" text={prettyJson(payload)} note={sizeOf(payload)} />
        )}
      </Panel>
      {metadata === null ? null : (
        <Panel title="Metadata">
          <CodeView
            what="metadata"
            text={JSON.stringify(metadata, null, 2)}
            note="not sent; filters may look at it"
          />
        </Panel>
      )}
    </Stack>
  );
}
