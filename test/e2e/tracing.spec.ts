import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

interface SpanJson {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  status: { code?: number };
}

/** An OTLP collector: accepts everything, or hangs. */
class Collector {
  readonly spans: SpanJson[] = [];
  hangs = false;
  private readonly server: Server = createServer((request, response) => {
    if (!this.hangs) void this.take(request, response);
  });

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readJson(request)) as { resourceSpans: { scopeSpans: { spans: SpanJson[] }[] }[] };
    const scopes = body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
    this.spans.push(...scopes.flatMap(({ spans }) => spans));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  named(name: string): SpanJson[] {
    return this.spans.filter((span) => span.name === name);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const attribute = (span: SpanJson, name: string): unknown => {
  const value = span.attributes.find(({ key }) => key === name)?.value;
  return value && Object.values(value)[0];
};
const CALLER = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) };
const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
const INVOKE = 'POST /api/v1/apps/:appId/capabilities/:capability/invoke';

describe('traces', () => {
  const collector = new Collector();
  let platform: Platform;
  let worker: Role;
  let api: Role;
  let appId: string;

  beforeAll(async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: await collector.listen() };
    platform = await Platform.start({ env });
    [api, worker] = await Promise.all([platform.api(), platform.worker()]);
    appId = await platform.register(api, {
      report: { async: true, retry: { maxAttempts: 3, initialDelayMs: 100, maxDelayMs: 200, jitter: 0 } },
      answer: { fallback: { strategy: 'static', value: 'instead' } },
    });
  });
  afterAll(async () => {
    await platform?.stop();
    collector.close();
  });

  it('go from the caller over acceptance in the api to each attempt in the worker, and on to the app', async () => {
    platform.receiver.on('/report', ({ number }) => ({ status: number === 1 ? 503 : 200 }));
    const { json } = await platform
      .client(api)
      .invoke(appId, 'report', { secret: 'payload' }, {}, { headers: { traceparent } });
    const ofDelivery = (): SpanJson[] =>
      collector
        .named('attempt delivery')
        .filter((span) => attribute(span, 'messaging.message.id') === json.deliveryId);
    await eventually(() => ofDelivery().length === 2 && collector.named('accept delivery').length === 1, {
      limitMs: 20_000,
      what: 'all spans',
    });
    const [request] = collector.named(INVOKE);
    const [accepted] = collector.named('accept delivery');
    const attempts = ofDelivery();
    expect(request).toMatchObject({ traceId: CALLER.traceId, parentSpanId: CALLER.spanId, kind: 2 });
    expect(attribute(request!, 'http.response.status_code')).toBe(202);
    expect(accepted).toMatchObject({ traceId: CALLER.traceId, parentSpanId: request!.spanId, kind: 4 });
    for (const span of attempts) {
      expect(span).toMatchObject({ traceId: CALLER.traceId, parentSpanId: accepted!.spanId, kind: 3 });
    }
    expect(attempts.map((span) => attribute(span, 'breakwater.outcome'))).toEqual([
      'http_error',
      'delivered',
    ]);
    expect(attempts.map(({ status }) => status.code ?? 0)).toEqual([2, 0]);
    const heard = platform.receiver.callsTo('/report').map(({ headers }) => headers['traceparent']);
    expect(heard).toEqual(attempts.map(({ spanId }) => `00-${CALLER.traceId}-${spanId}-01`));
  });

  it('of a sync call say who answered', async () => {
    platform.receiver.on('/answer', { status: 500 });
    await platform.client(api).invoke(appId, 'answer', {}, {}, { headers: { traceparent: 'nonsense' } });
    await eventually(() => collector.named('call capability').length === 1, { limitMs: 20_000 });
    const [call] = collector.named('call capability');
    const parent = collector.spans.find(({ spanId }) => spanId === call!.parentSpanId)!;
    expect(parent.name).toBe(INVOKE);
    expect(parent.parentSpanId).toBeFalsy();
    expect(attribute(parent, 'breakwater.source')).toBe('fallback');
    expect(platform.receiver.callsTo('/answer')[0]!.headers['traceparent']).toBe(
      `00-${call!.traceId}-${call!.spanId}-01`,
    );
  });

  it('contain no payload, key, secret or path of an app', () => {
    const all = JSON.stringify(collector.spans);
    expect(all).not.toMatch(/payload|bw_|whsec_|authorization|\/report"|\/answer"/);
  });

  it('delay nothing when the collector hangs, not even the end of a process', async () => {
    collector.hangs = true;
    platform.receiver.on('/report');
    const { status } = await platform.client(api).invoke(appId, 'report', {});
    expect(status).toBe(202);
    await eventually(async () => !(await platform.counts())['pending'], { what: 'the delivery' });
    const ending = await worker.stop();
    expect(ending.code).toBe(0);
    expect(ending.afterMs).toBeLessThan(15_000);
  });

  it('are off unless a collector is configured: nothing is passed on or stored', async () => {
    const plain = await Platform.start();
    const [quiet] = await Promise.all([plain.api(), plain.worker()]);
    const id = await plain.register(quiet, { report: { async: true } });
    await plain.client(quiet).invoke(id, 'report', {}, {}, { headers: { traceparent } });
    await eventually(async () => (await plain.counts())['completed'] === 1, { what: 'the delivery' });
    expect(plain.receiver.callsTo('/report')[0]!.headers['traceparent']).toBeUndefined();
    expect(await plain.rows('SELECT trace_parent FROM deliveries')).toEqual([{ trace_parent: null }]);
    await plain.stop();
  });
});
