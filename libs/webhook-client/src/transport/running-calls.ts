/** A call in progress; `place` is kept by {@link RunningCalls}. */
export interface RunningCall {
  place: number;
}

/**
 * The calls in progress, in no order. A list and not a `Set`: an old table of a set refers to the one that replaced it,
 * and through that V8 moved whole calls to its old space.
 */
export class RunningCalls<Call extends RunningCall> {
  readonly #calls: Call[] = [];

  add(call: Call): void {
    call.place = this.#calls.length;
    this.#calls.push(call);
  }

  /** @param call was added, and not removed since */
  remove(call: Call): void {
    const last = this.#calls.pop()!;
    if (last === call) return;
    last.place = call.place;
    this.#calls[call.place] = last;
  }

  /** A copy: calls may end while it is read. */
  all(): Call[] {
    return [...this.#calls];
  }
}
