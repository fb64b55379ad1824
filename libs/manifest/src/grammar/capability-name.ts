/** 1 to 100 characters: a lower-case letter, then lower-case letters, digits and `_`. */
export const CAPABILITY_PATTERN = '^[a-z][a-z0-9_]{0,99}$';

/** Names that every JavaScript object already has: not safe as keys of an object. */
export const RESERVED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const pattern = new RegExp(CAPABILITY_PATTERN);

export function isCapabilityName(name: string): boolean {
  return pattern.test(name) && !RESERVED_NAMES.includes(name);
}
