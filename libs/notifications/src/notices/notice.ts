/** Ways a notice reaches people: the one list. What a chat channel needs is in chat-channels.ts. */
export const CHANNELS = ['email', 'in_app', 'slack', 'discord', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];
export type ChatChannel = Exclude<Channel, 'email' | 'in_app'>;

export interface NoticeStep {
  text: string;
  /** On the configured base URL, from its slash. An owner has no admin key: a path of admins is for them only. */
  path?: string;
  /** Left out: for everybody. */
  only?: 'owner' | 'admins';
}

/** One thing people are told, before any channel gives it its shape. Everything in it may come from an app: plain text. */
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
  /** For machines: goes into the generic webhook and the stored row. */
  data: Readonly<Record<string, unknown>>;
  /** Told at most once per key, channel and recipient, for ever. */
  dedupeKey: string;
  /** Whom mails go to. */
  audience: 'owner_and_admins' | 'admins';
  /** Left out: every channel that is configured. */
  channels?: readonly Channel[];
}

/** Whether the app's owner gets its mails, too. */
export function isForOwner({ audience, appId }: Pick<Notice, 'audience' | 'appId'>): boolean {
  return audience === 'owner_and_admins' && appId !== null;
}
