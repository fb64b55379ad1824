import { Injectable } from '@nestjs/common';
import { answerHandshake, type HandshakeAnswer } from '../handshakes/answer-handshake.js';
import { VERIFY_TOKEN_OPTION } from '../handshakes/handshakes.js';
import { LearnedSecretStore } from '../handshakes/learned-secret.store.js';
import { SubscriptionConfirmations } from '../handshakes/subscription-confirmations.service.js';
import { SourceDirectory } from '../sources/source-directory.service.js';
import type { ResolvedSource } from '../sources/source.js';
import type { InboundRequest } from '../verification/request.js';
import type { CaptureAnswer } from './acknowledgement.js';
import { MinuteQuota } from './minute-quota.js';

/** A challenge that was answered, and what is kept of it. */
export interface AnsweredHandshake {
  name: string;
  answer: CaptureAnswer;
  /** Why it was refused; null: it was not. */
  refusal: string | null;
  /** A sentence for the owner of the source. */
  detail: string | null;
  /** Whether headers and body may be stored: not if they have a secret. */
  mayKeep: boolean;
}

/** Most challenges of one source that a process answers in a minute. Known providers ask once an hour at most. */
const PER_MINUTE = 60;
const TOO_MANY = `More than ${PER_MINUTE} challenges came within a minute.`;
const SECOND_SECRET = 'The source has a secret already. Another webhook needs a source of its own.';

/** Answers the challenges that providers send before webhooks, and does what they ask for. */
@Injectable()
export class Handshakes {
  private readonly quota = new MinuteQuota(PER_MINUTE);

  constructor(
    private readonly secrets: LearnedSecretStore,
    private readonly confirmations: SubscriptionConfirmations,
    private readonly sources: SourceDirectory,
  ) {}

  /**
   * @param isVerified null: not judged yet
   * @returns null: the request is no challenge
   * @throws what the database throws, if a secret is to be stored
   */
  async answer(
    source: ResolvedSource,
    request: InboundRequest,
    isVerified: boolean | null,
  ): Promise<AnsweredHandshake | null> {
    const { handshakes, secrets, options } = source;
    if (handshakes.length === 0) return null;
    const verifyToken = options.values?.[VERIFY_TOKEN_OPTION] ?? null;
    const found = answerHandshake(handshakes, request, { secrets, verifyToken, isVerified });
    if (found === null) return null;
    const { handshake: name, status, headers, body, refusal = null, follow } = found;
    if (!this.quota.take(source.id, performance.now())) return refused(name, 429, TOO_MANY);
    const isKnown = await this.learn(source, found);
    if (!isKnown) return refused(name, 403, SECOND_SECRET);
    const problem = follow ? await this.confirmations.confirm(follow) : null;
    if (problem !== null) return refused(name, 503, problem);
    const detail = refusal ?? learnedDetail(found);
    const mayKeep = found.learns === undefined;
    return { name, answer: { status, headers, body }, refusal, detail, mayKeep };
  }

  /** @returns false if another secret was stored meanwhile */
  private async learn({ id }: ResolvedSource, { learns }: HandshakeAnswer): Promise<boolean> {
    if (learns === undefined || !('secret' in learns)) return true;
    const isStored = await this.secrets.learn(id, learns.secret);
    await this.sources.announce(id);
    return isStored;
  }
}

function refused(name: string, status: number, refusal: string): AnsweredHandshake {
  const headers: Record<string, string> = status === 403 ? {} : { 'retry-after': '60' };
  const answer = { status, headers, body: Buffer.alloc(0) };
  return { name, answer, refusal, detail: refusal, mayKeep: false };
}

function learnedDetail({ learns }: HandshakeAnswer): string | null {
  if (learns === undefined) return null;
  if ('secret' in learns) return 'The secret in the request was stored as the secret of the source.';
  return `The token of the provider: ${learns.token}. Give it to the source as its secret, and to the provider.`;
}
