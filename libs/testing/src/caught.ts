/** The reason of a rejected promise; null when it is not rejected. */
// eslint-disable-next-line typescript/no-explicit-any -- tests look into all kinds of errors
export function caught(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}
