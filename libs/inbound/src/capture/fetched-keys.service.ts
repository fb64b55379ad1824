import { Injectable } from '@nestjs/common';
import { WebhookClient, type Outcome } from '@breakwater/webhook-client';
import { isPinnedUrl } from '../verification/pinned-url.js';
import type { NeedsKey } from '../verification/verification.js';
import { CaptureUnavailableError } from './capture.error.js';

/** A fetched text is used for so long, ms. */
const MAX_AGE_MS = 3_600_000;
/** A key that does not fit may be a new one: then a text older than this is fetched again, ms. */
const MAY_RENEW_AFTER_MS = 60_000;
/** A failure is remembered for so long, ms. */
const FAILED_FOR_MS = 10_000;
const FETCHED_WITHIN_MS = 5_000;
/** The largest key sets of known providers have 50 KB. */
const KEEP_BYTES = 256 * 1024;
/** Most texts that are remembered, and most that are fetched at once: a request may name any path of a pinned host. */
const TEXTS_MAX = 100;
const AT_ONCE = 10;

/** What came of a fetch. `absent`: the host says that there is no such text. */
export type FetchedKey = { kind: 'text'; text: string; atMs: number } | { kind: 'absent'; detail: string };

interface Failure {
  kind: 'failed';
  error: CaptureUnavailableError;
  atMs: number;
}

/** Certificates and key sets of providers, fetched from pinned hosts with the guard of every outbound call. */
@Injectable()
export class FetchedKeys {
  private readonly known = new Map<string, FetchedKey | Failure>();
  private readonly underWay = new Map<string, Promise<FetchedKey>>();

  constructor(private readonly webhooks: WebhookClient) {}

  /**
   * @param didNotFit the text that was used, if a signature did not fit it: a newer one is fetched if that is allowed
   * @throws CaptureUnavailableError
   */
  async get({ url, hosts }: NeedsKey, didNotFit?: FetchedKey): Promise<FetchedKey> {
    if (!isPinnedUrl(url, hosts)) return { kind: 'absent', detail: `The host of ${url} is not allowed.` };
    const known = this.known.get(url);
    const nowMs = performance.now();
    if (known?.kind === 'failed' && nowMs - known.atMs < FAILED_FOR_MS) throw known.error;
    if (known?.kind === 'text') {
      const maxAgeMs = known === didNotFit ? MAY_RENEW_AFTER_MS : MAX_AGE_MS;
      if (nowMs - known.atMs < maxAgeMs) return known;
    }
    return this.underWay.get(url) ?? this.fetch(url);
  }

  private async fetch(url: string): Promise<FetchedKey> {
    if (this.underWay.size >= AT_ONCE) {
      throw new CaptureUnavailableError('too many keys are fetched at once', 1);
    }
    const fetching = this.read(url);
    this.underWay.set(url, fetching);
    try {
      return await fetching;
    } finally {
      this.underWay.delete(url);
    }
  }

  private async read(url: string): Promise<FetchedKey> {
    const outcome = await this.webhooks.probe({ url, timeoutMs: FETCHED_WITHIN_MS, keepBytes: KEEP_BYTES });
    const read = readOf(url, outcome, performance.now());
    if (read.kind === 'failed') {
      // An old text is better than none.
      const old = this.known.get(url);
      if (old?.kind === 'text') return old;
      this.keep(url, read);
      throw read.error;
    }
    if (read.kind === 'text') this.keep(url, read);
    return read;
  }

  private keep(url: string, found: FetchedKey | Failure): void {
    this.known.delete(url);
    this.known.set(url, found);
    if (this.known.size > TEXTS_MAX) this.known.delete(this.known.keys().next().value!);
  }
}

function readOf(url: string, outcome: Outcome, atMs: number): FetchedKey | Failure {
  if (outcome.kind === 'delivered' && !outcome.response.truncated) {
    return { kind: 'text', text: outcome.response.body.toString('utf8'), atMs };
  }
  if (
    outcome.kind === 'http_error' &&
    outcome.status >= 400 &&
    outcome.status < 500 &&
    outcome.status !== 429
  ) {
    return { kind: 'absent', detail: `The key at ${url} could not be fetched: ${outcome.status}.` };
  }
  const why = outcome.kind === 'blocked' ? 'its address may not be called' : outcome.kind;
  const error = new CaptureUnavailableError(`the key at ${url} could not be fetched (${why})`, 10);
  return { kind: 'failed', error, atMs };
}
