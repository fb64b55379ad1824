/** What a key may do: `admin` everything, `app` manage its own app, `invoke` call capabilities, `read` look at things. */
export const SCOPES = ['admin', 'app', 'invoke', 'read'] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(value: unknown): value is Scope {
  return SCOPES.includes(value as Scope);
}
