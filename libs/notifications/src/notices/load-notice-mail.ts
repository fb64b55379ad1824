type NoticeMailModule = typeof import('./notice-mail.js');

/**
 * The template, React and its renderer take a tenth of a second and 20 MiB: they are loaded before the first mail,
 * only in processes that write mails.
 */
export function loadNoticeMail(): Promise<NoticeMailModule> {
  return import('./notice-mail.js');
}
