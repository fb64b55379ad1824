import type { Notice, NoticeStep } from './notice.js';
import { portalScreen } from './screens.js';

/** The notice in its form for owners, or for the platform's own people. */
export function noticeFor(notice: Notice, reader: 'owner' | 'admins'): Notice {
  const steps = notice.steps.filter(({ only }) => only === undefined || only === reader);
  const isOwners = reader === 'owner' && notice.appId !== null;
  return { ...notice, steps: isOwners ? [...steps, portalStep(notice.appId!)] : steps };
}

/** Without a token: a mail may be forwarded, and it is stored as it is sent (docs/adr/0036-portal-links.md). */
function portalStep(appId: string): NoticeStep {
  return {
    text: 'See all of it in the portal of your app; the platform’s people give you a link that opens it:',
    path: portalScreen(appId),
  };
}
