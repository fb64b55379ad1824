/** Descriptions of the groups of operations. */
export const TAGS: Readonly<Record<string, string>> = {
  invoke: "Calls of an app's capabilities, sync and async.",
  deliveries: 'Accepted deliveries, their attempts, and actions of people on them.',
  apps: 'Registered apps, the versions of their manifests and their signing secrets.',
  'api keys': 'Keys for this API.',
  'circuit breakers': 'The breaker of each capability, its history, and the reset by hand.',
  'dead letters': 'Deliveries that failed for good and wait for a person.',
  approvals: 'Decisions that the fallback pending_approval left to a person.',
  notifications: 'Which notifications were sent to whom.',
  health: 'The health of this process, of the apps and of the whole installation.',
  'encryption keys': 'Which key seals what, and which may be removed.',
  'audit log': 'Who did what to what.',
  maintenance: 'The daily upkeep, now.',
  metrics: 'Calls, rates and durations by app and capability.',
  statistics: "Numbers for an app's owner.",
  alerts: 'Alert rules and the cases that fired.',
  'what apps receive': 'Requests that Breakwater sends.',
};
