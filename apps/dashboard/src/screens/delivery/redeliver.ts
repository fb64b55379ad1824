import { deliveriesRedeliver, type RedeliveryDto } from '@breakwater/client/functions';

/**
 * Sends a delivery again, or with a payload makes a new one.
 * @param payload JSON as it was written: its bytes are sent, so no number loses a digit
 */
export async function redeliver(
  id: string,
  { payload, dryRun = false }: { payload?: string; dryRun?: boolean } = {},
): Promise<RedeliveryDto> {
  const members = [
    ...(payload === undefined ? [] : [`"payload":${payload}`]),
    ...(dryRun ? ['"dryRun":true'] : []),
  ];
  const { data } = await deliveriesRedeliver({
    path: { id },
    body: {},
    bodySerializer: () => `{${members.join(',')}}`,
    throwOnError: true,
  });
  return data;
}
