import { Text } from '@mantine/core';
import { notificationsList } from '@breakwater/client';
import type { AlertDto, NotificationDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { channelName } from './alert-text.js';
import { isAbout } from './alert-state.js';

const COLUMNS: Column<NotificationDto>[] = [
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

/** Who was told of a case, and with which result. */
export function NoticeLog({ alert }: { alert: AlertDto }) {
  const { id, appId, notifiedAt } = alert;
  const notices = useQuery({
    queryKey: ['alert-notices', id],
    queryFn: async () => {
      const kinds = ['alert_firing', 'alert_resolved'];
      const pages = await Promise.all(
        kinds.map((kind) =>
          notificationsList({
            query: { kind, limit: 200, ...(appId === null ? {} : { appId }) },
            throwOnError: true,
          }),
        ),
      );
      return pages.flatMap(({ data }) => data.items).filter((notice) => isAbout(notice, id));
    },
  });
  return (
    <Panel title="Notifications">
      {notifiedAt === null ? (
        <Text size="sm" mb="xs" component="div">
          <StateBadge state="suppressed" /> People were not notified: the last notice of this rule about the
          same was within its cooldown.
        </Text>
      ) : null}
      <Answer query={notices} what="notifications">
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" className="dimmed">
              {notifiedAt === null ? 'Nothing was sent.' : 'Its notifications are no longer kept.'}
            </Text>
          ) : (
            <>
              <Rows
                label="Notifications of the alert, newest first"
                rows={rows}
                columns={COLUMNS}
                idOf={(row) => row.id}
              />
              <More
                shown={rows.length}
                what={`${rows.length === 1 ? 'notification' : 'notifications'}, newest first`}
                hasMore={false}
                isLoading={false}
                onMore={() => undefined}
              />
            </>
          )
        }
      </Answer>
    </Panel>
  );
}
