import type { ReactNode } from 'react';
import { Heading } from 'react-email';
import type { BreakerEvent, BreakerLinks } from './breaker-event.js';
import { durationText } from './duration-text.js';
import { timeText } from './time-text.js';
import { Fact, MailLayout, Paragraph, Step } from './mail-layout.js';

export function BreakerClosed({ event, links }: { event: BreakerEvent; links: BreakerLinks }): ReactNode {
  const { appName, appId, capability, at, failingSince, failureCount, lastError, resetBy, openMs } = event;
  const openFor = openMs === null ? 'unknown' : durationText(openMs);
  return (
    <MailLayout
      title={`${capability} of ${appName} is called again`}
      preview={`The circuit breaker closed after ${openFor}`}
    >
      <Paragraph>
        {resetBy === null
          ? 'Its circuit breaker closed: the app answered the test calls.'
          : `Its circuit breaker was reset by ${resetBy}. Should the app still fail, it opens again.`}
      </Paragraph>
      <Fact name="App">
        {appName} ({appId})
      </Fact>
      <Fact name="Capability">{capability}</Fact>
      <Fact name="Closed at">{timeText(at)}</Fact>
      <Fact name="Open for">{openFor}</Fact>
      {failingSince === null ? null : <Fact name="Had failed since">{timeText(failingSince)}</Fact>}
      <Fact name="Failures when it opened">{failureCount}</Fact>
      <Fact name="Last error">{lastError ?? 'unknown'}</Fact>
      <Heading as="h2" style={{ fontSize: '16px' }}>
        What to do
      </Heading>
      <Step href={links.deadLetters}>1. Retry what was given up on meanwhile:</Step>
      <Step href={links.status}>2. See the breaker’s history:</Step>
      <Step href={links.docs}>The API’s documentation:</Step>
    </MailLayout>
  );
}
