import type { BulkOperationDto } from '@breakwater/client';
import { errorClassOf } from '../../show/delivery-words.js';
import { plural } from '../../show/format.js';
import { REASONS } from '../dead-letters/filters.js';

interface Words {
  title: string;
  verb: string;
  /** What it is about, one. */
  thing: string;
  effect: string;
}

const WORDS: Record<string, Words> = {
  redeliver: {
    title: 'Redelivery of dead letters',
    verb: 'Redeliver',
    thing: 'dead letter',
    effect: 'The same bytes are sent again, under the same webhook-id. What was sent cannot be taken back.',
  },
  resolve: {
    title: 'Resolution of dead letters',
    verb: 'Resolve',
    thing: 'dead letter',
    effect: 'Nothing is sent. Each is kept as resolved, with your name. This cannot be undone.',
  },
  replay: {
    title: 'Replay of events',
    verb: 'Replay',
    thing: 'delivery',
    effect:
      'New deliveries are made from stored events, each with its own webhook-id. What was sent cannot be taken back.',
  },
  cancel: {
    title: 'Cancellation of deliveries',
    verb: 'Cancel',
    thing: 'delivery',
    effect: 'They are not tried again and end as cancelled. A person can send each of them again.',
  },
};

/** The words of a kind of bulk operation. */
export function wordsOf(kind: string): Words {
  return WORDS[kind] ?? { title: kind, verb: 'Run', thing: 'item', effect: 'It is done to each item.' };
}

export function countOf({ kind, planned }: Pick<BulkOperationDto, 'kind' | 'planned'>): string {
  const { thing } = wordsOf(kind);
  return plural(planned, thing, thing === 'delivery' ? 'deliveries' : `${thing}s`);
}

const NAMES: Record<string, string> = {
  appId: 'App',
  capability: 'Capability',
  subscription: 'Subscription',
  types: 'Types',
  category: 'Category',
  reason: 'Reason',
  errorClass: 'Error class',
  result: 'Result',
  from: 'From',
  to: 'Before',
};

/** What a filter takes, as a list of terms. */
export function termsOf(filter: Readonly<Record<string, unknown>>): { name: string; value: string }[] {
  return Object.entries(filter)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ({ name: NAMES[name] ?? name, value: valueOf(name, value) }));
}

function valueOf(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  if (name === 'reason') return REASONS[value] ?? value;
  return name === 'errorClass' ? errorClassOf(value) : value;
}
