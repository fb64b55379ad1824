import { SimpleGrid, Stack, Text } from '@mantine/core';
import type { DeliveryStoryDto } from '@breakwater/client';
import type { ReactNode } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Copied } from '../../show/code-view.js';
import { errorClassOf } from '../../show/delivery-words.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';

/** An event is fanned out at most this long after it was accepted, if it is not due later, ms. */
const AROUND_MS = 5000;

/** What a delivery is, and what it belongs to. */
export function Facts({ story }: { story: DeliveryStoryDto }) {
  const links = useLinks();
  const { isPortal } = useScope();
  const { appId, capability, endpointId } = story;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Panel title="About">
        <Stack gap={6}>
          {isPortal ? null : (
            <Fact name="App">
              <Go to={links.app(appId)}>{appId}</Go>
            </Fact>
          )}
          <Fact name={story.kind === 'event' ? 'Event type' : 'Capability'}>
            <Go
              to={links.deliveries(
                story.kind === 'event' ? { endpointId } : isPortal ? { capability } : { appId, capability },
              )}
            >
              {story.eventType ?? capability}
            </Go>
          </Fact>
          {story.kind === 'event' && story.eventType !== null ? (
            <Fact name="Event">
              <Go to={links.events({ type: story.eventType, ...around(story.createdAt) })}>
                of this type at that time
              </Go>
            </Fact>
          ) : null}
          <Fact name="Kind">{`${story.kind === 'event' ? 'event' : 'call'}, ${
            story.mode === 'sync' ? 'the caller waits' : 'with retries'
          }`}</Fact>
          <Fact name="Breaker">
            <Go to={links.breakers(isPortal ? { capability } : { appId, capability })}>of this endpoint</Go>
          </Fact>
          <Fact name="Endpoint">
            <Id id={endpointId} what="endpoint id" />
          </Fact>
          <Fact name="Request">
            <Go to={links.deliveries({ requestId: story.requestId })} className="mono breakable">
              {story.requestId}
            </Go>
          </Fact>
          {story.traceId === null ? null : (
            <Fact name="Trace">
              <Id id={story.traceId} what="trace id" />
            </Fact>
          )}
          {story.replayOf === null ? null : (
            <Fact name="Replay of">
              <Go to={links.delivery(story.replayOf)} className="mono breakable">
                {story.replayOf}
              </Go>
            </Fact>
          )}
          {story.editedFrom === null ? null : (
            <Fact name="Edited from">
              <Go to={links.delivery(story.editedFrom)} className="mono breakable">
                {story.editedFrom}
              </Go>
            </Fact>
          )}
          {story.operationId === null ? null : (
            <Fact name="Made by">
              <Go to={links.bulkOperation(story.operationId)}>a bulk operation</Go>
            </Fact>
          )}
        </Stack>
      </Panel>
      <Panel title="Result">
        <Stack gap={6}>
          <Fact name="Status">{story.status.replaceAll('_', ' ')}</Fact>
          {story.lastError === null ? null : (
            <Fact name="Last error">
              <span className="breakable">{`${errorClassOf(story.lastErrorClass)}: ${story.lastError}`}</span>
            </Fact>
          )}
          {story.source === null ? null : (
            <Fact name="Answered by">{story.source === 'primary' ? 'the app' : 'a fallback'}</Fact>
          )}
          {story.strategy === null ? null : (
            <>
              <Fact name="Fallback">{story.strategy.replaceAll('_', ' ')}</Fact>
              <Fact name="Because of">{(story.reason ?? 'an unknown reason').replaceAll('_', ' ')}</Fact>
            </>
          )}
          {story.redeliveries === 0 ? null : (
            <Fact name="Sent again">{`${story.redeliveries} times by a person`}</Fact>
          )}
          {story.status === 'dead_letter' ? (
            <Fact name="Dead letters">
              <Go to={links.deadLetters(isPortal ? { capability } : { appId, capability })}>
                of this endpoint
              </Go>
            </Fact>
          ) : null}
        </Stack>
      </Panel>
    </SimpleGrid>
  );
}

/** Times around the fan-out of an event. */
function around(at: string): { from: string; to: string } {
  const ms = Date.parse(at);
  return {
    from: new Date(ms - AROUND_MS).toISOString(),
    to: new Date(ms + AROUND_MS).toISOString(),
  };
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div style={{ display: 'flex', gap: 12, alignItems: 'baseline' }}>
      <Text size="sm" className="dimmed" w={96} style={{ flex: 'none' }}>
        {name}
      </Text>
      <Text size="sm" component="div" className="breakable" style={{ minWidth: 0 }}>
        {children}
      </Text>
    </div>
  );
}

function Id({ id, what }: { id: string; what: string }) {
  return (
    <span style={{ display: 'inline-flex', gap: 4, alignItems: 'center' }}>
      <span className="mono breakable">{id}</span>
      <Copied text={id} what={what} />
    </span>
  );
}
