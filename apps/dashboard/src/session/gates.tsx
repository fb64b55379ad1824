import { Center, Stack, Text, Title } from '@mantine/core';
import { Navigate, useLocation, useParams } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { setPortalToken } from '../data/connection.js';
import { Failed } from '../show/answer.js';
import { Logo } from '../shell/logo.js';
import { Shell } from '../shell/shell.js';
import { scopeOf, ScopeContext, useSession } from './session.js';

/** Lets operators with a session in; others sign in first and come back to the same address. */
export function OperatorGate() {
  const session = useSession();
  const { href, pathname } = useLocation();
  // The address changes before this is taken off the screen.
  if (pathname === '/sign-in') return null;
  if (session.data === null) return <Navigate to="/sign-in" search={{ next: href }} replace />;
  if (session.data === undefined)
    return <Pending error={session.error} onRetry={() => void session.refetch()} />;
  return (
    <ScopeContext value={scopeOf(session.data)}>
      <Shell />
    </ScopeContext>
  );
}

/** Lets owners with a portal link in. The token comes in the fragment, which no server and no log sees. */
export function PortalGate() {
  const { appId } = useParams({ strict: false }) as { appId: string };
  const [hasToken] = useState(() => takeToken(appId));
  const queries = useQueryClient();
  useEffect(() => () => queries.clear(), [queries]);
  if (!hasToken)
    return (
      <LinkNeeded reason="This page opens by a portal link, which an operator makes for the owner of an app." />
    );
  return <PortalSession appId={appId} />;
}

function PortalSession({ appId }: { appId: string }) {
  const session = useSession();
  if (session.data === null)
    return <LinkNeeded reason="This portal link has expired or was revoked. Ask for a new one." />;
  if (session.data === undefined)
    return <Pending error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data.appId !== appId) return <LinkNeeded reason="This portal link is for another address." />;
  return (
    <ScopeContext value={scopeOf(session.data)}>
      <Shell />
    </ScopeContext>
  );
}

const TOKEN_KEY = 'breakwater-portal';

/** Takes the token out of the address, so that it is in no history and no screenshot, and keeps it for this tab. */
function takeToken(appId: string): boolean {
  const given = new URLSearchParams(window.location.hash.slice(1)).get('token');
  const token = given ?? kept(appId);
  if (given !== null) {
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
    try {
      sessionStorage.setItem(`${TOKEN_KEY}:${appId}`, given);
    } catch {
      // Storage is blocked in this frame: the token lives until the page is closed.
    }
  }
  setPortalToken(token);
  return token !== null;
}

function kept(appId: string): string | null {
  try {
    return sessionStorage.getItem(`${TOKEN_KEY}:${appId}`);
  } catch {
    return null;
  }
}

function LinkNeeded({ reason }: { reason: string }) {
  useEffect(() => {
    document.title = 'Portal · Breakwater';
  }, []);
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack maw={420}>
        <Logo />
        <Title order={1}>A portal link is needed</Title>
        <Text>{reason}</Text>
      </Stack>
    </Center>
  );
}

function Pending({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Center mih="100vh" p="md" component="main" aria-busy={error === null}>
      {error ? <Failed error={error} onRetry={onRetry} /> : <Logo />}
    </Center>
  );
}
