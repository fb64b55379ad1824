import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Config, DatabaseTimeoutError, FreshCache, HintBus } from '@breakwater/platform';
import { checkEvent, type CheckedEvent, type EventCheck, type SchemaRule } from './check-event.js';
import type { PayloadCheck } from './compile-schema.js';
import { EventTypeStore, type StoredSchema } from './event-type.store.js';

/** Hint channel for changes of the catalogue of event types. */
export const EVENT_TYPES_CHANNEL = 'event_types';

const ALL = '';

type Compile = typeof import('./compile-schema.js').compileSchema;

interface Known {
  fingerprint: string | null;
  types: Map<string, SchemaRule | null>;
  /** The versions of the rows that the rules were compiled from. */
  versions: Map<string, string>;
}

/**
 * The catalogue of event types with compiled schemas, from memory. A change is effective in this process at once, in
 * others by a hint, and after at most 5 s if the hint is lost.
 */
@Injectable()
export class EventCatalogue implements OnModuleDestroy {
  private readonly log = new Logger(EventCatalogue.name);
  private readonly cache: FreshCache<Known>;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: EventTypeStore,
    private readonly hints: HintBus,
    private readonly config: Config,
  ) {
    this.cache = new FreshCache((_, known) => this.load(known), { maxEntries: 1, tooLate });
    this.unsubscribe = hints.subscribe(EVENT_TYPES_CHANNEL, () => this.cache.expire(ALL));
  }

  /** The problems of each event. @throws DatabaseTimeoutError */
  async check(events: readonly CheckedEvent[]): Promise<EventCheck[]> {
    const { types } = (await this.cache.get(ALL))!;
    return events.map((event) => checkEvent(types, event, this.config.events.strictTypes));
  }

  /** Call it after the commit of a change. */
  async announce(): Promise<void> {
    this.cache.expire(ALL);
    await this.hints
      .publish(EVENT_TYPES_CHANNEL, '')
      .catch((error: Error) =>
        this.log.warn(`hint about event types is lost, others see it within 5 s: ${error.message}`),
      );
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  private async load(known: Known | null): Promise<Known> {
    // Read before the rows: changes in between are read again next time.
    const fingerprint = await this.store.fingerprint();
    if (known && fingerprint === known.fingerprint) return known;
    const rows = fingerprint === null ? [] : await this.store.schemas();
    const rules = await Promise.all(rows.map((row) => this.ruleOf(row, known)));
    return {
      fingerprint,
      types: new Map(rows.map(({ name }, index) => [name, rules[index] ?? null])),
      versions: new Map(rows.map(({ name, version }) => [name, version])),
    };
  }

  private async ruleOf(row: StoredSchema, known: Known | null): Promise<SchemaRule | null> {
    if (row.schema === null) return null;
    if (known?.versions.get(row.name) === row.version) return known.types.get(row.name) ?? null;
    // Ajv is loaded with the first schema: a process without schemas starts faster, and needs less memory.
    const { compileSchema } = await import('./compile-schema.js');
    let compiled: PayloadCheck | undefined;
    return {
      mode: row.mode,
      check: (payload) => (compiled ??= this.checkOf(row, compileSchema))(payload),
    };
  }

  /** A stored schema that this version of Breakwater refuses finds no problems. */
  private checkOf({ name, schema }: StoredSchema, compile: Compile): PayloadCheck {
    const check = compile(schema, ['schema']);
    if (typeof check === 'function') return check;
    this.log.error({
      msg: 'payloads are not checked: the stored schema is refused',
      eventType: name,
      problems: check,
    });
    return () => [];
  }
}

function tooLate(limitMs: number): Error {
  return new DatabaseTimeoutError('looking up event types', limitMs);
}
