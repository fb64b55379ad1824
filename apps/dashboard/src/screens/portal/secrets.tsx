import { appsRotate } from '@breakwater/client/functions';
import { appsGetOptions } from '@breakwater/client/queries';
import { Button, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { ConfirmAct } from '../../show/confirm.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { SecretOnce } from '../../show/secret-once.js';

/** What signs the calls to an app, and how to change it without losing one. */
export function Secrets() {
  const { appId } = useParams({ strict: false }) as { appId: string };
  const { may, isPortal } = useScope();
  const links = useLinks();
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const app = useQuery(appsGetOptions({ path: { appId } }));
  return (
    <Page
      title="Secrets"
      about="Every call to the app is signed, so that it can tell ours from those of others."
      above={
        isPortal
          ? undefined
          : [
              { title: 'Apps', to: links.apps() },
              { title: appId, to: links.app(appId) },
            ]
      }
    >
      <Panel title="Signing secret of the app">
        <Answer query={app} what="secrets">
          {({ signatures }) => (
            <Stack align="flex-start">
              <Text size="sm">{`Calls are signed with ${signatures.join(' and ')}. The secret is kept encrypted and cannot be shown again.`}</Text>
              {may('rotateSecrets') ? (
                <Button onClick={() => setAsking(true)}>Make a new secret</Button>
              ) : (
                <Text size="sm" className="dimmed">
                  This portal link does not allow making a new one.
                </Text>
              )}
            </Stack>
          )}
        </Answer>
      </Panel>
      <Text size="sm">
        A subscription can have a secret of its own: see{' '}
        <Go to={links.subscriptions(appId)}>Subscriptions</Go>.
      </Text>
      <ConfirmAct
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Make a new signing secret for ${appId}?`}
        effect="Calls are signed with the new secret and the old one for 24 hours, so that the app can change over without losing any. The new secret is shown once."
        verb="Make a new secret"
        run={async () => {
          const { data } = await appsRotate({ path: { appId }, body: {}, throwOnError: true });
          setSecret(data.signingSecret);
        }}
        done={() => {
          void queries.invalidateQueries();
          return 'The app has a new signing secret.';
        }}
      />
      {secret === null ? null : (
        <SecretOnce title={`Signing secret of ${appId}`} secret={secret} onClose={() => setSecret(null)} />
      )}
    </Page>
  );
}
