import type { ChatChannel } from '../notices/notice.js';
import type { SendResult } from './mail-transport.js';

/** A request to a chat or a callback. */
export interface OutgoingChat {
  channel: ChatChannel;
  /** The same at each try: a callback can tell repeats by it. */
  id: string;
  body: string;
  /** 1 or more. */
  attempt: number;
  maxAttempts: number;
}

/** Hands notices to chats and to the platform's own callback. */
export abstract class ChatTransport {
  abstract readonly configured: readonly ChatChannel[];
  /** Ends within a bounded time, or at once when the signal says so; never throws. */
  abstract send(chat: OutgoingChat, signal: AbortSignal): Promise<SendResult>;
}
