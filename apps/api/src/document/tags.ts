/** What the groups of operations are about. */
export const TAGS: Readonly<Record<string, string>> = {
  invoke: "Calls of an app's capabilities, sync and async.",
  deliveries: 'What was accepted for delivery, each attempt of it, and what people do with it.',
  apps: 'Registered apps, the versions of their manifests and their signing secrets.',
  'api keys': 'Keys for this API.',
  'circuit breakers': 'The breaker of each capability, its history, and the reset by hand.',
  'dead letters': 'Deliveries given up on, which wait for a person.',
  approvals: 'Decisions that the fallback pending_approval left to a person.',
  notifications: 'What was told to whom.',
  health: 'How this process, the apps and the whole installation are.',
  'encryption keys': 'Which key seals what, and which may be taken away.',
  'audit log': 'Who did what to what.',
  maintenance: 'The daily upkeep, now.',
  metrics: 'Calls, rates and durations by app and capability.',
  statistics: "Numbers for an app's owner.",
  alerts: 'Alert rules and the cases that fired.',
  'what apps receive': 'Requests that Breakwater sends.',
};
