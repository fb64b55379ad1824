import {
  deadlettersRemove,
  deadlettersResolve,
  deadlettersRetry,
  type DeadLetterDto,
} from '@breakwater/client/functions';
import type { Capability } from '../../session/session.js';

export type ActName = 'redeliver' | 'resolve' | 'discard';

export interface Act {
  verb: string;
  /** After it is done: "3 resolved". */
  past: string;
  effect: string;
  /** Who may; null: only operators. */
  capability: Capability | null;
  isDangerous: boolean;
  hasNotes: boolean;
  run: (letter: DeadLetterDto, notes: string) => Promise<void>;
}

/** What can be done with a dead letter. */
export const ACTS: Readonly<Record<ActName, Act>> = {
  redeliver: {
    verb: 'Redeliver',
    past: 'sent again',
    effect:
      'The same bytes are sent again now, under the same webhook-id, with a new budget of retries. What is delivered is resolved by itself; what fails again comes back here.',
    capability: 'redeliver',
    isDangerous: false,
    hasNotes: false,
    run: async ({ id }) => {
      await deadlettersRetry({ path: { id }, body: {}, throwOnError: true });
    },
  },
  resolve: {
    verb: 'Resolve',
    past: 'resolved',
    effect:
      'Nothing is sent. Each is kept as resolved, with your name and the notes, until its retention ends. This cannot be undone, but the delivery itself can still be sent again.',
    capability: 'resolve',
    isDangerous: false,
    hasNotes: true,
    run: async ({ id }, notes) => {
      await deadlettersResolve({ path: { id }, body: notes === '' ? {} : { notes }, throwOnError: true });
    },
  },
  discard: {
    verb: 'Discard',
    past: 'discarded',
    effect:
      'Each is deleted from the dead letters, with its notes, for good. This cannot be undone. The delivery stays in the list of deliveries until its retention ends.',
    capability: null,
    isDangerous: true,
    hasNotes: false,
    run: async ({ id }) => {
      await deadlettersRemove({ path: { id }, throwOnError: true });
    },
  },
};
