import { Text } from '@mantine/core';
import type { AlertNotificationDto } from '@breakwater/client';
import { Time } from '../../show/clock.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { suppressedText } from './alert-state.js';
import { channelName } from './alert-text.js';

const COLUMNS: Column<AlertNotificationDto>[] = [
  {
    id: 'kind',
    title: 'Says',
    cell: ({ kind }) => (kind === 'alert_resolved' ? 'it is over' : 'it fires'),
  },
  { id: 'channel', title: 'Channel', cell: ({ channel }) => channelName(channel) },
  { id: 'to', title: 'To', cell: ({ recipient }) => <span className="breakable">{recipient}</span> },
  { id: 'status', title: 'State', cell: ({ status }) => <StateBadge state={status} /> },
  { id: 'at', title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'sent', title: 'Sent', cell: ({ sentAt }) => <Time at={sentAt} /> },
  { id: 'tries', title: 'Tries', isNumber: true, cell: ({ attempts }) => attempts },
  {
    id: 'error',
    title: 'Last error',
    cell: ({ lastError }) => <span className="breakable">{lastError ?? '–'}</span>,
  },
];

interface Props {
  /** Oldest first. */
  notifications: readonly AlertNotificationDto[];
  suppressedBy: string | null;
}

/** Who was told of a case, and with which result. */
export function NoticeLog({ notifications, suppressedBy }: Props) {
  const suppressed = suppressedText(suppressedBy);
  return (
    <Panel title="Notifications">
      {suppressed === null ? null : (
        <Text size="sm" mb="xs" component="div">
          <StateBadge state="suppressed" /> {suppressed}
        </Text>
      )}
      {notifications.length === 0 ? (
        <Text size="sm" className="dimmed">
          {suppressed === null ? 'Nothing was sent, or it is no longer kept.' : 'Nothing was sent.'}
        </Text>
      ) : (
        <>
          <Rows
            label="Notifications of the alert, oldest first"
            rows={notifications}
            columns={COLUMNS}
            idOf={({ id }) => id}
          />
          <More
            shown={notifications.length}
            what="notifications, oldest first"
            hasMore={false}
            isLoading={false}
            onMore={() => undefined}
          />
        </>
      )}
    </Panel>
  );
}
