/**
 * The Message-ID of a notification: the same at each attempt. @param from the sender, `name <address>` or an address
 */
export function messageIdOf(notificationId: string, from: string): string {
  const domain = /@([a-z0-9.-]+)>?\s*$/i.exec(from)?.[1] ?? 'breakwater.invalid';
  return `<${notificationId}@${domain}>`;
}

/** The part of a recipient that a log may contain. */
export function domainOf(recipient: string): string {
  return recipient.slice(recipient.lastIndexOf('@') + 1);
}
