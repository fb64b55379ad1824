import { timeText } from '../mail/time-text.js';
import type { Notice } from '../notices/notice.js';
import type { UntoldApprovals } from './approval-notices.store.js';

/** Decisions that one notice lists. */
const LISTED = 20;

/** The notice for admins about decisions that wait for a person: one for all of a capability. */
export function approvalNotice({ appId, appName, capability, approvals }: UntoldApprovals): Notice {
  const total = approvals.length;
  const first = approvals[0]!;
  const what = total === 1 ? 'A decision waits' : `${total} decisions wait`;
  const more = total - LISTED;
  const query = `status=pending&appId=${encodeURIComponent(appId)}`;
  return {
    kind: 'approvals_pending',
    mood: 'information',
    appId,
    capability,
    audience: 'admins',
    title: `${what} for a person: ${capability} of ${appName}`,
    summary: `The app could not answer ${capability}, and its fallback leaves the answer to a person. Further decisions are reported together, 15 minutes after this at the earliest.`,
    facts: [
      { name: 'App', value: `${appName} (${appId})` },
      { name: 'Capability', value: capability },
      { name: 'First asked at', value: timeText(first.createdAt) },
      ...approvals.slice(0, LISTED).map(({ id, reason }) => ({ name: id, value: reason })),
      ...(more > 0 ? [{ name: 'And', value: `${more} more` }] : []),
    ],
    steps: [
      { text: 'Look at them:', path: `/api/v1/admin/approvals?${query}` },
      { text: 'Decide each: breakwater approvals resolve <id> approved, or rejected.' },
      { text: 'The API’s documentation:', path: '/docs' },
    ],
    data: { total, ids: approvals.slice(0, LISTED).map(({ id }) => id) },
    dedupeKey: `approvals_pending:${first.id}`,
  };
}
