import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Attributes } from '@opentelemetry/api';
import type { Config } from '../config/index.js';
import type { Spans } from './spans.service.js';

export interface SpanOptions {
  kind: 'server' | 'producer' | 'client';
  /** W3C traceparent of another process; by default the current span is the parent. */
  parent?: string | null;
  /** Ids, numbers and names of ours: never a payload, a header or a secret. */
  attributes?: Attributes;
}

/** A span that is passed to the work inside it. */
export interface OpenSpan {
  /** W3C traceparent of the span, to be sent or stored; undefined while tracing is off. */
  readonly traceparent: string | undefined;
  set(attributes: Attributes): void;
  fail(message: string): void;
}

const NOTHING: OpenSpan = { traceparent: undefined, set: () => undefined, fail: () => undefined };

/**
 * Spans from acceptance to attempt, over several processes. Off, and nearly free, unless a collector is configured.
 */
@Injectable()
export class Tracing implements OnApplicationShutdown {
  /** @param spans null: tracing is off */
  constructor(private readonly spans: Spans | null) {}

  static async of({ telemetry }: Config): Promise<Tracing> {
    if (telemetry.otlpEndpoint === undefined) return new Tracing(null);
    const { Spans } = await import('./spans.service.js');
    return new Tracing(new Spans(telemetry.otlpEndpoint, telemetry));
  }

  get isOn(): boolean {
    return this.spans !== null;
  }

  /** Does `work` within a span; an error marks the span as failed. */
  async span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    return this.spans ? this.spans.span(name, options, work) : work(NOTHING);
  }

  /** Adds attributes to the current span, if there is one. */
  note(attributes: Attributes): void {
    this.spans?.note(attributes);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.spans?.close();
  }
}
