import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ApiError, messageOf } from '../data/api-error.js';
import type { Search } from '../data/search.js';
import { useNow } from '../show/clock.js';
import { Logo } from '../shell/logo.js';
import { sessionOptions, signIn } from './session.js';

/** Signs in with an API key and goes on to the page that was asked for. */
export function SignIn() {
  const { next } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState('');
  const [failedAt, setFailedAt] = useState(0);
  const now = useNow();
  const signing = useMutation({
    mutationFn: () => signIn(key.trim()),
    onSuccess: async () => {
      // The gate would send back whom it still knows as not signed in: it must find the answer.
      await queries.fetchQuery({ ...sessionOptions, staleTime: 0 });
      await navigate({ to: isOwnPath(next) ? next : '/', replace: true });
    },
    onError: () => {
      setFailedAt(Date.now());
      field.current?.focus();
      field.current?.select();
    },
  });
  useEffect(() => {
    document.title = 'Sign in · Breakwater';
    field.current?.focus();
  }, []);
  const wait = signing.error instanceof ApiError ? Math.ceil((signing.error.retryAfterMs ?? 0) / 1000) : 0;
  const left = Math.max(0, Math.ceil(wait - (now.getTime() - failedAt) / 1000));
  const problem = errorOf(signing.error, left);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (key.trim() !== '' && left === 0) signing.mutate();
          }}
        >
          <Stack>
            <Logo />
            <Title order={1}>Sign in</Title>
            <PasswordInput
              ref={field}
              label="API key"
              description="An admin or read key. At the first start it is printed and kept in .breakwater/admin-key."
              autoComplete="current-password"
              placeholder="bw_…"
              required
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              error={problem}
              aria-invalid={problem !== null}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
            />
            <Button type="submit" loading={signing.isPending} disabled={left > 0}>
              Sign in
            </Button>
            <Text size="sm" className="dimmed">
              Owners of an app need no key: they open the portal link that an operator made for them.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

function errorOf(error: unknown, left: number): string | null {
  if (!error) return null;
  if (left > 0) return `Too many tries. Try again in ${left} s.`;
  if (error instanceof ApiError && error.status === 429) return 'Try again now.';
  return messageOf(error, 'key') ?? (error instanceof ApiError ? error.detail : 'Signing in failed.');
}

/** Only a path of this site: an address of another one could be put into a link to this page. */
function isOwnPath(path: string | undefined): path is string {
  return path !== undefined && /^\/(?![/\\])/.test(path);
}
