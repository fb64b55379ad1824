import { createElement } from 'react';
import { render, toPlainText } from '@react-email/render';
import { BreakerClosed } from './breaker-closed.js';
import { breakerLinks, type BreakerEvent } from './breaker-event.js';
import { BreakerOpened } from './breaker-opened.js';
import { headerText } from './header-text.js';

/** A mail without its envelope. */
export interface MailContent {
  subject: string;
  html: string;
  text: string;
}

/** Writes the mail about a breaker, in HTML and as plain text. */
export async function breakerMail(event: BreakerEvent, publicBaseUrl: string): Promise<MailContent> {
  const state = event.happened === 'opened' ? 'open' : 'closed';
  const Mail = event.happened === 'opened' ? BreakerOpened : BreakerClosed;
  const links = breakerLinks(publicBaseUrl, event.appId, event.capability);
  const html = await render(createElement(Mail, { event, links }));
  return {
    subject: headerText(`Circuit breaker ${state}: ${event.capability} of ${event.appName}`),
    html,
    text: toPlainText(html),
  };
}
