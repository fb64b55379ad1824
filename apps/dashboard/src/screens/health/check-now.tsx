import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { AppHealthDto } from '@breakwater/client';
import { ApiError } from '../../data/api-error.js';
import { formatDuration } from '../../show/format.js';
import { useCheckNow } from './use-check-now.js';

/** Checks the health of an app at once, and says what came of it. */
export function CheckNow({ appId }: { appId: string }) {
  const check = useCheckNow(appId);
  function run(): void {
    check.mutate(undefined, {
      onSuccess: (health) => say(resultOf(appId, health), health?.status === 'healthy'),
      onError: (error) => say(error instanceof ApiError ? error.detail : error.message, false),
    });
  }
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={check.isPending}
      aria-label={`Run now: check of ${appId}`}
      onClick={run}
    >
      Run now
    </Button>
  );
}

function say(message: string, isGood: boolean): void {
  notifications.show({ message, color: isGood ? 'teal' : 'yellow', role: 'status', autoClose: 8000 });
}

function resultOf(appId: string, health: AppHealthDto | null): string {
  if (health === null) return `${appId}: no worker has made the check yet. Look again in a minute.`;
  const { status, responseTimeMs, details } = health;
  const time = responseTimeMs === null ? '' : `, ${formatDuration(responseTimeMs)}`;
  return `${appId} is ${status}: ${details.error ?? details.outcome ?? 'checked'}${time}`;
}
