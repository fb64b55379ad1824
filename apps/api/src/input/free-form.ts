/**
 * Puts members without a class of their own back as they came. class-transformer copies them, and leaves out members
 * that are named like something every object has, such as `constructor`.
 * @param made the body as an instance of its DTO; changed in place
 * @param came the body as it was sent
 */
export function restoreFreeForm(made: unknown, came: unknown): void {
  if (!isObject(made) || !isObject(came)) return;
  for (const key of Object.keys(made)) {
    const value = made[key];
    const original = Object.hasOwn(came, key) ? came[key] : undefined;
    if (isObject(value) && isObject(original)) {
      if (isFreeForm(value)) made[key] = original;
      else restoreFreeForm(value, original);
    }
  }
}

/** Whether an object has a member with one of these names, at any depth. */
export function hasMember(value: unknown, names: readonly string[]): boolean {
  if (!isObject(value)) return false;
  return (
    names.some((name) => Object.hasOwn(value, name)) ||
    Object.values(value).some((member) => hasMember(member, names))
  );
}

type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function isFreeForm(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}
