import type { Selection } from '@breakwater/manifest';
import {
  compiledSelection,
  whyNotSelected,
  type CompiledSelection,
  type MatchableEvent,
} from '../directory/directory.js';

/** An event of the past that was tested. */
export interface SampleEvent {
  id: string;
  type: string;
  createdAt: Date;
}

/** A number of events, and the newest of them. */
export interface Sampled {
  count: number;
  /** At most SAMPLES. */
  samples: SampleEvent[];
}

/** Maximum number of samples of each kind. */
export const SAMPLES = 5;

/** Compares a draft with the stored types and filter of a subscription, event by event, the newest first. */
export class FilterComparison {
  readonly taken: Sampled = { count: 0, samples: [] };
  readonly newlyTaken: Sampled = { count: 0, samples: [] };
  readonly noLongerTaken: Sampled = { count: 0, samples: [] };
  private readonly stored: CompiledSelection;
  private readonly draft: CompiledSelection;

  constructor(stored: Selection, draft: Selection) {
    this.stored = compiledSelection(stored);
    this.draft = compiledSelection(draft);
  }

  /** Whether the payload of an event of this type decides. */
  needsPayload(type: string): boolean {
    return [this.stored, this.draft].some(({ takesType, taken }) => taken !== null && takesType(type));
  }

  add(sample: SampleEvent, event: MatchableEvent): void {
    const isTaken = whyNotSelected(this.draft, event) === null;
    const wasTaken = whyNotSelected(this.stored, event) === null;
    if (isTaken) note(this.taken, sample);
    if (isTaken && !wasTaken) note(this.newlyTaken, sample);
    if (wasTaken && !isTaken) note(this.noLongerTaken, sample);
  }
}

function note(kind: Sampled, sample: SampleEvent): void {
  kind.count++;
  if (kind.samples.length < SAMPLES) kind.samples.push(sample);
}
