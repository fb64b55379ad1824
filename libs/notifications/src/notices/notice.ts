/** The list of all channels. Details of chat channels are in chat-channels.ts. */
export const CHANNELS = ['email', 'in_app', 'slack', 'discord', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];
export type ChatChannel = Exclude<Channel, 'email' | 'in_app'>;

export interface NoticeStep {
  text: string;
  /** On the configured base URL, beginning with a slash: a screen of the dashboard, for admins, or of the portal. */
  path?: string;
  /** Absent: for everybody. */
  only?: 'owner' | 'admins';
}

/** One message to people, before it gets the form of a channel. Everything in it may come from an app: plain text. */
export interface Notice {
  /** What happened, as a stable name: `breaker_opened`, `alert_firing`, `alert_resolved`, `app_unhealthy` … */
  kind: string;
  mood: 'problem' | 'recovery' | 'information';
  appId: string | null;
  capability: string | null;
  /** One line: subject of a mail, title of a card. */
  title: string;
  /** What happened, in a sentence or two. */
  summary: string;
  /** Since when, and the numbers. */
  facts: readonly { name: string; value: string }[];
  /** What to do, in order. */
  steps: readonly NoticeStep[];
  /** For machines: part of the generic webhook and of the stored row. */
  data: Readonly<Record<string, unknown>>;
  /** Sent at most once per key, channel and recipient, for ever. */
  dedupeKey: string;
  /** Who gets mails. */
  audience: 'owner_and_admins' | 'admins';
  /** Absent: every configured channel. */
  channels?: readonly Channel[];
}

/** Whether the app's owner gets its mails, too. */
export function isForOwner({ audience, appId }: Pick<Notice, 'audience' | 'appId'>): boolean {
  return audience === 'owner_and_admins' && appId !== null;
}
