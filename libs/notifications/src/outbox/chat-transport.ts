import type { ChatChannel } from '../notices/notice.js';
import type { SendResult } from './mail-transport.js';

/** A request to a chat or a callback. */
export interface OutgoingChat {
  channel: ChatChannel;
  /** The same at each attempt, so that a callback can recognise repetitions. */
  id: string;
  body: string;
  /** 1 or more. */
  attempt: number;
  maxAttempts: number;
}

/** Sends notices to chats and to the platform's own callback. */
export abstract class ChatTransport {
  abstract readonly configured: readonly ChatChannel[];
  /** Ends within a limited time, or at once when the signal aborts; never throws. */
  abstract send(chat: OutgoingChat, signal: AbortSignal): Promise<SendResult>;
}
