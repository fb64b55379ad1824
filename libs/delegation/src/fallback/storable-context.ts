import type { Prisma } from '@breakwater/platform';

/** A call's context as jsonb takes it: text without NUL and without half surrogate pairs, keys included. */
export function storableContext(context: Readonly<Record<string, unknown>>): Prisma.InputJsonObject {
  return JSON.parse(JSON.stringify(context), (_, value: unknown) => {
    if (typeof value === 'string') return storable(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [storable(key), member]));
  }) as Prisma.InputJsonObject;
}

function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
