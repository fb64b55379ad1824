/** The Message-ID of a notification: the same at each try. @param from the sender, `name <address>` or an address */
export function messageIdOf(notificationId: string, from: string): string {
  const domain = /@([a-z0-9.-]+)>?\s*$/i.exec(from)?.[1] ?? 'breakwater.invalid';
  return `<${notificationId}@${domain}>`;
}

/** What a log may say of a recipient. */
export function domainOf(recipient: string): string {
  return recipient.slice(recipient.lastIndexOf('@') + 1);
}
