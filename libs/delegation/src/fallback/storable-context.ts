import { storable, type Prisma } from '@breakwater/platform';

/** A call's context in a form that jsonb accepts: texts that it cannot hold are replaced, keys included. */
export function storableContext(context: Readonly<Record<string, unknown>>): Prisma.InputJsonObject {
  return JSON.parse(JSON.stringify(context), (_, value: unknown) => {
    if (typeof value === 'string') return storable(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [storable(key), member]));
  }) as Prisma.InputJsonObject;
}
