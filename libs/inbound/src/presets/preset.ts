import type { HandshakeName } from '../handshakes/handshakes.js';
import type { From, Scheme } from '../verification/scheme.js';

export type { HandshakeName };

/** A provider whose webhooks can be captured, as data. */
export interface Preset {
  /** Lower case, digits and `-`; the value of a source's `preset`. */
  name: string;
  title: string;
  /** The provider's page about its signatures. */
  docs: string;
  scheme: Scheme;
  /** Where the id stands that is equal in every repeat of one webhook; several texts make one id together. */
  dedupeId?: From | readonly From[];
  /** Challenges that the provider sends before webhooks. */
  handshakes?: readonly HandshakeName[];
  /** What the secret looks like and where it is found. */
  secretHint: string;
  setup: PresetSetup;
  /** What a source of it answers, if its owner does not say; by default 200 with the id of the event. */
  answer?: { status: number; contentType: string | null; body: string };
  /** Which answers the provider takes for success, and in what time; by default any 2xx. */
  answers?: string;
  /** What the signature does not cover, or what else one must know. */
  note?: string;
  /**
   * How the preset was checked: with requests that this package on npm signs or accepts (the provider's own one; for
   * tokens that of JSON Web Tokens), or with our own vectors only, signed as the provider's page says.
   */
  checkedWith: { library: string } | 'vectors';
}

export interface PresetSetup {
  /** Where in the provider's pages a webhook is made. */
  where: string;
  /** What is pasted there, and what is pasted here. */
  paste: string;
  /** Names of `options.values` that the source must have, each with what it is. */
  options?: Readonly<Record<string, string>>;
}
