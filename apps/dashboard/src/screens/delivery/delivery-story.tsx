import { Stack, Text } from '@mantine/core';
import type { DeliveryStoryDto, ShownBodyDto } from '@breakwater/client';
import { Countdown } from '../../show/clock.js';
import { waitOf } from '../../show/delivery-words.js';
import { Notice } from '../../show/notice.js';
import { Panel } from '../../show/panel.js';
import { Attempts } from './attempts.js';
import { BreakerNow } from './breaker-now.js';
import { Facts } from './facts.js';
import { Happened } from './happened.js';
import { ShownBody } from './shown-body.js';
import { TimesStrip } from './times-strip.js';
import { Waterfall } from './waterfall.js';

/** Everything about a delivery, in the order in which a person asks: when, what happened, why, what was sent. */
export function DeliveryStory({ story }: { story: DeliveryStoryDto }) {
  const isPending = story.status === 'pending';
  return (
    <Stack gap="md">
      {isPending ? (
        <Notice tone="info" title="Not ended yet">
          <Text size="sm">
            {`It ${waitOf(story.waitReason)}. Next attempt: `}
            <Countdown to={story.nextAttemptAt} />.
          </Text>
        </Notice>
      ) : null}
      {isPending ? <BreakerNow appId={story.appId} capability={story.capability} /> : null}
      <TimesStrip story={story} />
      <Panel title="Attempts in time">
        <Waterfall story={story} />
      </Panel>
      <Facts story={story} />
      {story.history.length > 0 ? (
        <Panel title="Requests and answers">
          <Attempts story={story} />
        </Panel>
      ) : null}
      {story.history.some(({ requestHeaders }) => requestHeaders !== null) &&
      story.request !== null ? null : (
        <Panel title="Payload">
          <Payload body={story.request} />
        </Panel>
      )}
      <Panel title="What happened">
        <Happened timeline={story.timeline} />
      </Panel>
    </Stack>
  );
}

function Payload({ body }: { body: ShownBodyDto | null }) {
  if (body === null)
    return <Text className="dimmed">Not shown: a key that only reads may not see payloads.</Text>;
  return <ShownBody what="payload" body={body} />;
}
