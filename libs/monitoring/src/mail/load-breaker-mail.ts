type BreakerMailModule = typeof import('./breaker-mail.js');

/** The templates and react-email cost about a second and 30 MB: only who writes mails loads them, before the first one. */
export function loadBreakerMail(): Promise<BreakerMailModule> {
  return import('./breaker-mail.js');
}
