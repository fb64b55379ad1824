import { Button, Group, Text } from '@mantine/core';
import { appsGetOptions, apphealthGetOptions } from '@breakwater/client/queries';
import type { AppDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError } from '../../data/api-error.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { StateBadge } from '../../show/state-badge.js';
import { Hold } from './hold.js';
import { Listened } from './listened.js';

/** The title of the app's screen with what the app is now. The rest is drawn for an app that exists. */
export function AppFrame({ appId, children }: { appId: string; children: ReactNode }) {
  const links = useLinks();
  const { may } = useScope();
  const app = useQuery(appsGetOptions({ path: { appId } }));
  const health = useQuery(apphealthGetOptions({ path: { appId } }));
  const isGone = app.error instanceof ApiError && app.error.status === 404;
  return (
    <Page
      title={appId}
      above={[{ title: 'Apps', to: links.apps() }]}
      about={app.data ? <About app={app.data} /> : null}
      mark={app.data ? <Marks app={app.data} health={health.data?.status} /> : null}
      actions={
        app.data ? (
          <>
            <Button component={Link} to={links.manifest(appId)} variant="default" size="xs">
              Manifest
            </Button>
            <Button component={Link} to={links.subscriptions(appId)} variant="default" size="xs">
              Subscriptions
            </Button>
            <Button component={Link} to={links.secrets(appId)} variant="default" size="xs">
              Secrets
            </Button>
            {may('redeliver') ? <Hold app={app.data} /> : null}
          </>
        ) : null
      }
    >
      {isGone ? (
        <Answer query={app} what="apps">
          {() => null}
        </Answer>
      ) : (
        <>
          <Listened appId={appId} />
          {children}
        </>
      )}
    </Page>
  );
}

function Marks({ app, health }: { app: AppDto; health: string | undefined }) {
  return (
    <Group gap="xs">
      {app.status === 'active' ? null : <StateBadge state={app.status} />}
      {app.pausedAt === null ? null : <StateBadge state="paused" />}
      {health === undefined ? null : <StateBadge state={health} word={`health: ${health}`} />}
      {app.demo ? <StateBadge state="demo" tone="info" /> : null}
    </Group>
  );
}

function About({ app }: { app: AppDto }) {
  const links = useLinks();
  const reason = app.disabledReason ?? app.pausedReason;
  return (
    <>
      {app.name === app.id ? '' : `${app.name} · `}
      <Go to={links.manifest(app.id)} underline="always">{`Manifest ${app.manifestVersion}`}</Go>
      {' · '}
      <span className="mono breakable">{app.baseUrl}</span>
      {' · '}
      <span className="breakable">{app.ownerEmail}</span>
      {reason === null ? null : (
        <Text span display="block" size="sm" className="breakable">
          {`${app.disabledReason === null ? 'Paused' : 'Disabled'}: ${reason}`}
        </Text>
      )}
    </>
  );
}
