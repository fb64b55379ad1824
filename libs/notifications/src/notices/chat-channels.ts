import type { NotifyConfig } from '@breakwater/platform';
import { discordBody, slackBody, webhookBody } from './chat-bodies.js';
import type { ChatChannel, Notice } from './notice.js';

/** The parts of a channel that is neither mail nor the API. */
interface ChatChannelParts {
  /** URL to which its messages are sent; undefined where it is not configured. */
  address: (notify: NotifyConfig) => string | undefined;
  body: (notice: Notice, baseUrl: string, now: Date) => string;
}

export const CHAT_CHANNELS: Readonly<Record<ChatChannel, ChatChannelParts>> = {
  slack: { address: ({ slackUrl }) => slackUrl, body: slackBody },
  discord: { address: ({ discordUrl }) => discordUrl, body: discordBody },
  webhook: { address: ({ webhookUrl }) => webhookUrl, body: webhookBody },
};
