import { useScope } from '../../session/session.js';
import { Page } from '../../show/page.js';

/** What the owner of an app sees first. */
export function PortalHome() {
  const { appId } = useScope();
  return <Page title={appId ?? 'Portal'}>{null}</Page>;
}
