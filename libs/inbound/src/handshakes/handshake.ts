import type { From } from '../verification/scheme.js';

/**
 * How one provider asks whether an address wants its webhooks, and what it wants to hear, as data: `handshakes.ts` has
 * one entry for each challenge, `answer-handshake.ts` interprets it.
 */
export interface Handshake {
  /** The provider's page, or the library that was read. */
  source: string;
  method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
  /** A request is this challenge when all of them hold, and the text of `challenge` is there. */
  when?: readonly Condition[];
  /** The text that is sent back, signed or learned. */
  challenge?: Challenge;
  /**
   * A token that the user chose and gave the provider: the request must have it. `refusedWith` is the status of the
   * answer when it does not.
   */
  verifyToken?: { from: From; refusedWith: 403 };
  /**
   * Only a verified request is answered. With a status, one that is refused gets it here, because the provider tests
   * that a wrong signature is noticed.
   */
  verified?: true | { refusedWith: 401 };
  /** `{proof}` in the answer: HMAC-SHA256 of the challenge, with the newest secret as the key. */
  proof?: 'hex' | 'base64';
  answer: HandshakeReply;
  /** Headers that the provider wants in the answer to each of its webhooks, too. */
  everyAnswer?: Readonly<Record<string, Challenge>>;
  /** The challenge is what later requests are signed with, and is stored while the source has no secret. */
  learns?: 'secret' | 'token';
  /** A URL that is fetched to agree; its host must be one of them. `*` stands for one label. */
  follow?: { from: From; hosts: readonly string[] };
}

/** `empty` and `absent` are JSON pointers: a list without items, a member that is not there. */
export type Condition = { at: From; is?: string } | { empty: string } | { absent: string };

export interface Challenge {
  from: From;
  /**
   * `token`: letters, digits and `-._~+/=`; `text`: any printable ASCII except `<` and `>`. A proof is given for a
   * token only: signed text of webhooks has other characters, so a challenge cannot be used to sign one.
   */
  of: 'token' | 'text';
}

/** `{challenge}` and `{proof}` are replaced in all texts. */
export interface HandshakeReply {
  status: 200 | 204;
  /** Sent as `text/plain`. */
  text?: string;
  json?: Readonly<Record<string, string | number>>;
  headers?: Readonly<Record<string, string>>;
}
