/** The owner, then the admins; each address once, whatever its case. */
export function recipientsOf(ownerEmail: string | null, adminEmails: readonly string[]): string[] {
  const byAddress = new Map<string, string>();
  for (const email of [ownerEmail ?? '', ...adminEmails]) {
    const address = email.trim();
    const key = address.toLowerCase();
    if (key !== '' && !byAddress.has(key)) byAddress.set(key, address);
  }
  return [...byAddress.values()];
}
