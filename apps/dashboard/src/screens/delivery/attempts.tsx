import { Accordion, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { AttemptDto, DeliveryStoryDto } from '@breakwater/client';
import { Time } from '../../show/clock.js';
import { Copied } from '../../show/code-view.js';
import { formatDuration } from '../../show/format.js';
import { StateBadge } from '../../show/state-badge.js';
import { isShown } from './body-note.js';
import { curlOf } from './curl.js';
import { HeaderList } from './header-list.js';
import { SignatureInputs } from './signature-inputs.js';
import { ShownBody } from './shown-body.js';

/** Each attempt with what was sent and what came back; the last is open. */
export function Attempts({ story }: { story: DeliveryStoryDto }) {
  const attempts = [...story.history].sort((one, other) => other.number - one.number);
  return (
    <Accordion multiple defaultValue={attempts.slice(0, 1).map(({ number }) => String(number))} order={3}>
      {attempts.map((attempt) => (
        <Accordion.Item key={attempt.number} value={String(attempt.number)}>
          <Accordion.Control>
            <Group gap="xs">
              <Text fw={600} size="sm">{`Attempt ${attempt.number}`}</Text>
              <StateBadge state={attempt.outcome} />
              <Text size="sm">
                {attempt.httpStatus === null ? attempt.error : `HTTP ${attempt.httpStatus}`}
              </Text>
              <Text size="sm" className="dimmed">
                {attempt.durationMs === null ? null : formatDuration(attempt.durationMs)}
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Attempt attempt={attempt} story={story} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function Attempt({ attempt, story }: { attempt: AttemptDto; story: DeliveryStoryDto }) {
  const { breaker, requestHeaders: headers, signature } = attempt;
  const { request } = story;
  const isWhole = request !== null && isShown(request) && !request.truncated;
  const command = curlOf({
    url: null,
    method: 'POST',
    headers: headers ?? {},
    body: isWhole ? request.content : null,
  });
  return (
    <Stack gap="sm">
      <Text size="sm">
        Began <Time at={attempt.startedAt} isExact />
        {breaker === null ? null : `, the circuit breaker was ${breaker.replaceAll('_', '-')}`}
        {attempt.error === null ? null : `. ${attempt.error}`}
        {attempt.nextAt === null ? null : (
          <>
            . Planned next: <Time at={attempt.nextAt} isExact />
          </>
        )}
      </Text>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Stack gap="xs">
          <Group justify="space-between">
            <Title order={4} size="sm">
              Request
            </Title>
            {headers === null ? null : (
              <Group gap={4}>
                <Text size="xs" className="dimmed">
                  cURL, not signed
                </Text>
                <Copied text={command} what="cURL command (not signed)" />
              </Group>
            )}
          </Group>
          {headers === null ? (
            <Text size="sm" className="dimmed">
              No call was made.
            </Text>
          ) : (
            <>
              <HeaderList what="request headers" headers={headers} />
              {request === null ? null : <ShownBody what="request body" body={request} />}
              {signature === null ? null : <SignatureInputs signature={signature} />}
            </>
          )}
        </Stack>
        <Stack gap="xs">
          <Title order={4} size="sm">
            {attempt.httpStatus === null ? 'No answer' : `Answer: HTTP ${attempt.httpStatus}`}
          </Title>
          <Answered attempt={attempt} />
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}

function Answered({ attempt: { responseHeaders, response, error } }: { attempt: AttemptDto }) {
  if (responseHeaders === null) {
    return (
      <Text size="sm" className="dimmed breakable">
        {error ?? 'Nothing was answered.'}
      </Text>
    );
  }
  return (
    <>
      <HeaderList what="response headers" headers={responseHeaders} />
      {response === null ? (
        <Text size="sm" className="dimmed">
          The answer has no body.
        </Text>
      ) : (
        <ShownBody what="response body" body={response} />
      )}
    </>
  );
}
