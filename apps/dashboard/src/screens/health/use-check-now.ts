import { apphealthCheck, apphealthGet, type AppHealthDto } from '@breakwater/client/functions';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/** A worker makes the check within a few seconds; after this nobody waits for it any more, ms. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 700;

/** Asks for a check now, and waits until a worker made it. The result is null when none did in time. */
export function useCheckNow(appId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<AppHealthDto | null> => {
      const path = { appId };
      const { data: before } = await apphealthCheck({ path, throwOnError: true });
      for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        const { data: now } = await apphealthGet({ path, throwOnError: true });
        if (now.lastCheck !== before.lastCheck) return now;
      }
      return null;
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
