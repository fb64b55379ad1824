export interface Recipient {
  address: string;
  /** An owner who is an admin too is an admin. */
  isAdmin: boolean;
}

/** The owner, then the admins; each address once, ignoring case. */
export function recipientsOf(ownerEmail: string | null, adminEmails: readonly string[]): Recipient[] {
  const byAddress = new Map<string, Recipient>();
  const add = (email: string, isAdmin: boolean): void => {
    const address = email.trim();
    const key = address.toLowerCase();
    if (key === '') return;
    byAddress.set(key, { address: byAddress.get(key)?.address ?? address, isAdmin });
  };
  add(ownerEmail ?? '', false);
  for (const email of adminEmails) add(email, true);
  return [...byAddress.values()];
}
