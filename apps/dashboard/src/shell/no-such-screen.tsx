import { Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useLinks } from '../session/use-links.js';
import { Failed, Message } from '../show/answer.js';
import { Page } from '../show/page.js';

export function NoSuchScreen() {
  const links = useLinks();
  return (
    <Page title="Page not found">
      <Message icon={<SearchX aria-hidden />} title="This address leads nowhere">
        <Text>Check it, or begin at the start.</Text>
        <Button component={Link} to={links.home} variant="default">
          Start
        </Button>
      </Message>
    </Page>
  );
}

/** A fault of a screen, or a part of the dashboard that could not be loaded. */
export function ScreenFailed({ error, reset }: { error: unknown; reset?: () => void }) {
  return (
    <Stack p="md">
      <Failed error={error} onRetry={reset ?? (() => window.location.reload())} />
    </Stack>
  );
}
