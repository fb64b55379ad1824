import type { NotifyConfig } from '@breakwater/platform';
import { discordBody, slackBody, webhookBody } from './chat-bodies.js';
import type { ChatChannel, Notice } from './notice.js';

/** What a channel needs that is neither mail nor a row of the API. */
interface ChatChannelParts {
  /** Where its messages go; undefined where it is not set. */
  address: (notify: NotifyConfig) => string | undefined;
  body: (notice: Notice, baseUrl: string, now: Date) => string;
}

export const CHAT_CHANNELS: Readonly<Record<ChatChannel, ChatChannelParts>> = {
  slack: { address: ({ slackUrl }) => slackUrl, body: slackBody },
  discord: { address: ({ discordUrl }) => discordUrl, body: discordBody },
  webhook: { address: ({ webhookUrl }) => webhookUrl, body: webhookBody },
};
