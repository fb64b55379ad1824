import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../config/index.js';
import { within } from '../lifecycle/within.io.js';
import type { OpenSpan, SpanOptions } from './tracing.service.js';

/** Longest time that a collector that hangs delays a stop, ms. */
const LAST_EXPORT_MS = 1_000;

const KINDS = { server: SpanKind.SERVER, producer: SpanKind.PRODUCER, client: SpanKind.CLIENT } as const;

/** The spans of a process with a collector. Imported only by such a process: OpenTelemetry is 300 files. */
export class Spans {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;
  private readonly underWay = new AsyncLocalStorage<Span>();

  /** @param endpoint URL of the collector */
  constructor(endpoint: string, { serviceName, traceSampleRatio }: Config['telemetry']) {
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceSampleRatio) }),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter({
            url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
            timeoutMillis: 5_000,
          }),
          maxQueueSize: 4_096,
          scheduledDelayMillis: 1_000,
          exportTimeoutMillis: 5_000,
        }),
      ],
    });
    this.tracer = this.provider.getTracer('breakwater');
  }

  /** Does `work` within a span; an error marks the span as failed. */
  async span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const span = this.tracer.startSpan(
      name,
      { kind: KINDS[options.kind], attributes: options.attributes ?? {} },
      this.parentOf(options.parent),
    );
    try {
      return await this.underWay.run(span, () => work(openSpan(span)));
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Adds attributes to the current span, if there is one. */
  note(attributes: Attributes): void {
    this.underWay.getStore()?.setAttributes(attributes);
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    await within(this.provider.shutdown(), LAST_EXPORT_MS);
  }

  private parentOf(parent: string | null | undefined): Context {
    const remote = parent ? remoteContext(parent) : null;
    if (remote) return trace.setSpanContext(ROOT_CONTEXT, remote);
    const current = this.underWay.getStore();
    return current ? trace.setSpan(ROOT_CONTEXT, current) : ROOT_CONTEXT;
  }
}

function openSpan(span: Span): OpenSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (attributes) => span.setAttributes(attributes),
    fail: (message) => span.setStatus({ code: SpanStatusCode.ERROR, message }),
  };
}

/** Null for text that is not a traceparent of version 00: then a new trace begins. */
function remoteContext(traceparent: string): SpanContext | null {
  const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent);
  if (!found || /^0+$/.test(found[1]!) || /^0+$/.test(found[2]!)) return null;
  const traceFlags = Number.parseInt(found[3]!, 16) & TraceFlags.SAMPLED;
  return { traceId: found[1]!, spanId: found[2]!, traceFlags, isRemote: true };
}
