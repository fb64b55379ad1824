import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { generateSecret, HintBus } from '@breakwater/platform';
import { UndiciWebhookClient, type Outcome } from '@breakwater/webhook-client';
import { TEST_CALL_CHANNEL, textOf, type News } from './news.js';
import { startTestReceiver } from './test-receiver.io.js';

/** Longest time for the call, ms. */
const TIMEOUT_MS = 3_000;

/**
 * A worker's part of the doctor's test call: it calls itself and tells how that went. The receiver listens for this
 * call only, and the client may call nothing but its address, so that the guard of ordinary calls stays as it is.
 * @see docs/adr/0037-doctor-calls-itself-in-the-worker.md
 */
@Injectable()
export class TestCaller {
  private readonly worker = `${hostname()}:${process.pid}`;

  constructor(private readonly hints: HintBus) {}

  /** Never throws: who asked is told. */
  async call(id: string): Promise<void> {
    await this.tell({ id, kind: 'taken', worker: this.worker });
    const startedAtMs = performance.now();
    const { outcome, error } = await callItself(id).catch((failure: Error) => ({
      outcome: 'not_called',
      error: failure.message,
    }));
    const durationMs = Math.round(performance.now() - startedAtMs);
    await this.tell({ id, kind: 'ended', worker: this.worker, outcome, error, durationMs });
  }

  private async tell(news: News): Promise<void> {
    // Without the hint the check fails by its own limit.
    await this.hints.publish(TEST_CALL_CHANNEL, textOf(news)).catch(() => undefined);
  }
}

async function callItself(id: string): Promise<{ outcome: string; error: string | null }> {
  const secret = generateSecret(randomBytes);
  const receiver = await startTestReceiver(id, secret);
  const client = new UndiciWebhookClient({
    allow: [`127.0.0.1:${receiver.port}`],
    allowHttp: false,
    dnsServers: [],
    legacySignatureHeaders: false,
    userAgent: 'Breakwater/1',
    maxConnectionsPerOrigin: 1,
    maxOrigins: 1,
  });
  try {
    const outcome = await client.send({
      url: `http://127.0.0.1:${receiver.port}/`,
      body: Buffer.from('{"test":true}'),
      contentType: 'application/json',
      timeoutMs: TIMEOUT_MS,
      webhookId: id,
      secrets: [secret],
      kind: 'capability',
      requestId: id,
      attempt: 1,
      maxAttempts: 1,
      keepBytes: 1_024,
      expectJson: true,
    });
    return { outcome: outcome.kind, error: errorOf(outcome) };
  } finally {
    await client.close();
    await receiver.stop();
  }
}

function errorOf(outcome: Outcome): string | null {
  if (outcome.kind === 'delivered') return null;
  return 'message' in outcome ? outcome.message : `http ${outcome.status}`;
}
