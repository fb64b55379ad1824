import { Button } from '@mantine/core';
import { holdsPauseApp, holdsResumeApp, type AppDto } from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { Go } from '../../show/go.js';

/** Pauses an app, or resumes it. */
export function Hold({ app }: { app: AppDto }) {
  const [isOpen, open] = useState(false);
  const queries = useQueryClient();
  const links = useLinks();
  const isPaused = app.pausedAt !== null;
  // What was asked for stays on the screen while the app changes.
  const [isResuming, setResuming] = useState(isPaused);
  async function run(reason: string): Promise<void> {
    const path = { appId: app.id };
    if (isResuming) await holdsResumeApp({ path, throwOnError: true });
    else await holdsPauseApp({ path, body: { reason }, throwOnError: true });
    await queries.invalidateQueries();
  }
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        onClick={() => {
          setResuming(isPaused);
          open(true);
        }}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <ConfirmAct
        isOpen={isOpen}
        onClose={() => open(false)}
        title={isResuming ? `Resume the app ${app.id}?` : `Pause the app ${app.id}?`}
        effect={
          isResuming
            ? 'Its waiting deliveries are sent again, at the rate of their endpoints.'
            : 'No call is sent to it: sync calls get their fallback, async deliveries and events wait. You can resume it at any time.'
        }
        verb={isResuming ? 'Resume' : 'Pause'}
        asksReason={!isResuming}
        run={run}
        done={() => (
          <>
            <Go to={links.app(app.id)}>{app.id}</Go> {isResuming ? 'is called again.' : 'is paused.'}
          </>
        )}
      />
    </>
  );
}
