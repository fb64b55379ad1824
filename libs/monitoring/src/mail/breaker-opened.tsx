import type { ReactNode } from 'react';
import { Heading } from 'react-email';
import type { BreakerEvent, BreakerLinks } from './breaker-event.js';
import { timeText } from './time-text.js';
import { Fact, MailLayout, Paragraph, Step } from './mail-layout.js';

export function BreakerOpened({ event, links }: { event: BreakerEvent; links: BreakerLinks }): ReactNode {
  const { appName, appId, capability, at, failingSince, failureCount, lastError, enforced } = event;
  return (
    <MailLayout
      title={`${capability} of ${appName} is failing`}
      preview={`${failureCount} failures in a row, the last: ${lastError ?? 'unknown'}`}
    >
      <Paragraph>
        {enforced
          ? 'Its circuit breaker opened: the app is not called for now. Callers get the fallback’s answer at once, and async deliveries wait.'
          : 'Its circuit breaker opened but only observes: the app is called as before.'}
      </Paragraph>
      <Fact name="App">
        {appName} ({appId})
      </Fact>
      <Fact name="Capability">{capability}</Fact>
      <Fact name="Opened at">{timeText(at)}</Fact>
      <Fact name="Failing since">{timeText(failingSince ?? at)}</Fact>
      <Fact name="Failures in a row">{failureCount}</Fact>
      <Fact name="Last error">{lastError ?? 'unknown'}</Fact>
      <Heading as="h2" style={{ fontSize: '16px' }}>
        What to do
      </Heading>
      <Step>1. Find out why the app’s webhook fails; the last error above is where to start.</Step>
      <Step href={links.status}>
        2. Watch the breaker. It tries one call from time to time and closes by itself once the app answers
        again; a POST to this address followed by /reset closes it at once:
      </Step>
      <Step href={links.deadLetters}>3. Retry afterwards what was given up on:</Step>
      <Step href={links.docs}>The API’s documentation:</Step>
    </MailLayout>
  );
}
