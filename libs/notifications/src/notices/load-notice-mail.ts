type NoticeMailModule = typeof import('./notice-mail.js');

/** The template, React and its renderer cost a tenth of a second and 20 MiB: only who writes mails loads them, before the first one. */
export function loadNoticeMail(): Promise<NoticeMailModule> {
  return import('./notice-mail.js');
}
