import { timeText } from '@breakwater/notifications';

/** A subscription whose calls all failed for days. */
export interface FailingSubscription {
  endpointId: string;
  appId: string;
  appName: string;
  /** Of the subscription. */
  name: string;
  /** Of its endpoint: for breakers, counts and notices. */
  capability: string;
  url: string;
  /** Start of the hour of the first failed call after the last success. */
  since: Date;
  /** Failed calls since then. */
  calls: number;
  /** Whether it is to be disabled now. */
  isOver: boolean;
  /** When it is disabled, if no call succeeds before. */
  disabledFrom: Date;
}

/** Why it is disabled, for its owner. */
export function reasonOf({ since, calls }: Pick<FailingSubscription, 'since' | 'calls'>): string {
  return `all of its ${calls} calls since ${timeText(since)} failed`;
}
