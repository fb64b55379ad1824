import { Injectable } from '@nestjs/common';
import { EventCatalogue } from './event-catalogue.service.js';
import { EventTypeInvalidError, EventTypeNotFoundError, EventTypesFullError } from './event-type.error.js';
import type { EventTypeEntry } from './event-type.js';
import { EventTypeStore, type EventTypeView } from './event-type.store.js';

/** Maximum number of event types in the catalogue. */
export const EVENT_TYPES_MAX = 2_000;

/** The catalogue of event types, for those who keep it. */
@Injectable()
export class EventTypes {
  constructor(
    private readonly store: EventTypeStore,
    private readonly catalogue: EventCatalogue,
  ) {}

  /** Sorted by name. @param after the last name of the previous page */
  async list(after: string | undefined, limit: number): Promise<EventTypeView[]> {
    return this.store.list(after, limit);
  }

  /** @throws EventTypeNotFoundError */
  async get(name: string): Promise<EventTypeView> {
    const found = await this.store.find(name);
    if (!found) throw new EventTypeNotFoundError(name);
    return found;
  }

  /**
   * Adds an event type, or replaces it. Events published in this process after this are checked with it; other
   * processes see it after a hint, and within 5 s if the hint is lost.
   * @throws EventTypeInvalidError, EventTypesFullError
   */
  async put(entry: EventTypeEntry): Promise<EventTypeView> {
    // Loaded at the first use, because it loads Ajv.
    const { eventTypeProblems } = await import('./event-type.js');
    const problems = eventTypeProblems(entry);
    if (problems.length > 0) throw new EventTypeInvalidError(problems);
    const isNew = (await this.store.find(entry.name)) === null;
    if (isNew && (await this.store.count()) >= EVENT_TYPES_MAX)
      throw new EventTypesFullError(EVENT_TYPES_MAX);
    const stored = await this.store.put(entry);
    await this.catalogue.announce();
    return stored;
  }

  /** @throws EventTypeNotFoundError */
  async remove(name: string): Promise<void> {
    if (!(await this.store.remove(name))) throw new EventTypeNotFoundError(name);
    await this.catalogue.announce();
  }
}
