import { useScope, useSession } from './session.js';

/** Whether the signed-in person is an admin. The server decides what is allowed; this only hides buttons. */
export function useIsAdmin(): boolean {
  const { isPortal } = useScope();
  const session = useSession();
  return !isPortal && (session.data?.scopes.includes('admin') ?? false);
}
