/**
 * Whether two JSON values are equal. Types must be the same; the order of an object's members does not matter.
 * @param operand its depth limits the recursion
 */
export function isJsonEqual(operand: unknown, value: unknown): boolean {
  if (typeof operand !== 'object' || operand === null) return operand === value;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(operand) || Array.isArray(value)) return isListEqual(operand, value);
  const keys = Object.keys(operand);
  if (Object.keys(value).length !== keys.length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(value, key) &&
      isJsonEqual((operand as Record<string, unknown>)[key], (value as Record<string, unknown>)[key]),
  );
}

function isListEqual(operand: unknown, value: unknown): boolean {
  if (!Array.isArray(operand) || !Array.isArray(value) || operand.length !== value.length) return false;
  return operand.every((item, index) => isJsonEqual(item, value[index]));
}
