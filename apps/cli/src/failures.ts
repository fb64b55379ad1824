/** The command was used wrongly: nothing was sent. */
export class UsageError extends Error {}

/** It did not work, and no refusal of the API says why. */
export class Failure extends Error {}

/** The answer was printed, and says that something is wrong. */
export class NotWell extends Error {}
