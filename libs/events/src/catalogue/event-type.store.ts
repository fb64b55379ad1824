import { Injectable } from '@nestjs/common';
import { Database, Prisma, PrismaService } from '@breakwater/platform';
import type { EventTypeEntry, SchemaMode } from './event-type.js';

/** An event type as the API shows it. */
export interface EventTypeView {
  name: string;
  description: string | null;
  example: unknown;
  /** Null: none. */
  schema: unknown;
  mode: SchemaMode;
  createdAt: Date;
  updatedAt: Date;
}

/** The schema of an event type. */
export interface StoredSchema {
  name: string;
  schema: unknown;
  mode: SchemaMode;
  /** Changes with each update of the row. */
  version: string;
}

const FINGERPRINT = `SELECT md5(string_agg(concat(name, ' ', xmin), ',' ORDER BY name)) AS fingerprint FROM event_types`;
const SCHEMAS = 'SELECT name, schema, mode, xmin::text AS version FROM event_types';

@Injectable()
export class EventTypeStore {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaService,
  ) {}

  /** Sorted by name. @param after the last name of the previous page */
  async list(after: string | undefined, limit: number): Promise<EventTypeView[]> {
    const rows = await this.prisma.eventType.findMany({
      where: after === undefined ? {} : { name: { gt: after } },
      orderBy: { name: 'asc' },
      take: limit,
    });
    return rows.map(viewOf);
  }

  async find(name: string): Promise<EventTypeView | null> {
    const row = await this.prisma.eventType.findUnique({ where: { name } });
    return row && viewOf(row);
  }

  async count(): Promise<number> {
    return this.prisma.eventType.count();
  }

  async put({ name, description, example, schema, mode }: EventTypeEntry): Promise<EventTypeView> {
    const values = { description, example: json(example), schema: json(schema), mode };
    const row = await this.prisma.eventType.upsert({
      where: { name },
      create: { name, ...values },
      update: { ...values, updatedAt: new Date() },
    });
    return viewOf(row);
  }

  /** @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    const { count } = await this.prisma.eventType.deleteMany({ where: { name } });
    return count > 0;
  }

  /** Changes with every change of the catalogue; null if it is empty. */
  async fingerprint(): Promise<string | null> {
    const statement = { name: 'event_types_fingerprint', text: FINGERPRINT };
    const [row] = await this.database.query<{ fingerprint: string | null }>(statement);
    return row!.fingerprint;
  }

  async schemas(): Promise<StoredSchema[]> {
    return this.database.query<StoredSchema>({ text: SCHEMAS });
  }
}

type Row = Prisma.EventTypeGetPayload<object>;

function viewOf({ mode, ...row }: Row): EventTypeView {
  return { ...row, mode: mode as SchemaMode };
}

function json(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull | typeof Prisma.JsonNull {
  if (value === undefined) return Prisma.DbNull;
  return value === null ? Prisma.JsonNull : value;
}
