import { createElement, type ReactNode } from 'react';
import { render, toPlainText } from '@react-email/render';
import { Fact, MailLayout, Paragraph, Step } from '../mail/mail-layout.js';
import { linkTo } from './link-to.js';
import { isForOwner, type Notice } from './notice.js';

function NoticeMail({ notice, baseUrl }: { notice: Notice; baseUrl: string }): ReactNode {
  const { title, summary, facts, steps } = notice;
  return (
    <MailLayout title={title} preview={summary} isForOwner={isForOwner(notice)}>
      <Paragraph>{summary}</Paragraph>
      {facts.map(({ name, value }) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
      <h2 style={{ fontSize: '16px' }}>What to do</h2>
      {steps.map(({ text, path }, n) => (
        <Step key={text} {...(path === undefined ? {} : { href: linkTo(baseUrl, path) })}>
          {n + 1}. {text}
        </Step>
      ))}
    </MailLayout>
  );
}

/** A notice as the two parts of a mail: the one template of all mails. */
export async function noticeMail(notice: Notice, baseUrl: string): Promise<{ html: string; text: string }> {
  const html = await render(createElement(NoticeMail, { notice, baseUrl }));
  return { html, text: toPlainText(html) };
}
