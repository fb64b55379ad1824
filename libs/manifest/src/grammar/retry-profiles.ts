/** Names of the retry profiles; their numbers belong to delivery and its settings. */
export const RETRY_PROFILES = ['standard', 'forward', 'endpoint', 'patient'] as const;

export type RetryProfileName = (typeof RETRY_PROFILES)[number];
