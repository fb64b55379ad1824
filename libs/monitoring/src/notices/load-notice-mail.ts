type NoticeMailModule = typeof import('./notice-mail.js');

/** The template and react-email cost about a second and 30 MB: only who writes mails loads them, before the first one. */
export function loadNoticeMail(): Promise<NoticeMailModule> {
  return import('./notice-mail.js');
}
