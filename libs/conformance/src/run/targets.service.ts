import { Injectable } from '@nestjs/common';
import { EventTypeNotFoundError, EventTypes } from '@breakwater/events';
import {
  AppNotFoundError,
  EndpointDirectory,
  Subscriptions,
  type ResolvedEndpoint,
} from '@breakwater/manifest';
import { samplePayload } from '../checks/bodies.js';
import type { Target } from './conformance-run.js';
import { findTarget, type TargetAsked } from './find-target.js';

/** The type in the sample, unless the caller names another. */
const SAMPLE_TYPE = 'breakwater.conformance';

/** Finds what a run calls, and what it sends. */
@Injectable()
export class Targets {
  constructor(
    private readonly endpoints: EndpointDirectory,
    private readonly subscriptions: Subscriptions,
    private readonly eventTypes: EventTypes,
  ) {}

  /** @throws AppNotFoundError */
  async ofApp(appId: string): Promise<ResolvedEndpoint[]> {
    const found = await this.endpoints.ofApp(appId);
    if (!found) throw new AppNotFoundError(appId);
    return found;
  }

  /** @throws AppNotFoundError, ConformanceTargetInvalidError */
  async find(appId: string, asked: TargetAsked): Promise<{ target: Target; endpoint: ResolvedEndpoint }> {
    const endpoints = await this.ofApp(appId);
    const capabilities = new Map(
      endpoints
        .filter(({ kind }) => kind === 'capability')
        .map((endpoint) => [endpoint.capability, endpoint]),
    );
    // A target of a source gets requests that others have signed.
    const own = new Map(
      endpoints.filter(({ sourceId }) => sourceId === null).map((endpoint) => [endpoint.id, endpoint]),
    );
    const subscriptions = new Map(
      (await this.subscriptions.list(appId)).flatMap(({ id, name }) => {
        const endpoint = own.get(id);
        return endpoint ? [[name, endpoint] as const] : [];
      }),
    );
    const choices = { capabilities: [...capabilities.keys()], subscriptions: [...subscriptions.keys()] };
    const target = findTarget(asked, choices);
    const all = target.kind === 'capability' ? capabilities : subscriptions;
    return { target, endpoint: all.get(target.name)! };
  }

  /** The example of the event type in the catalogue, or a sample with its name. */
  async sampleOf(type = SAMPLE_TYPE): Promise<Record<string, unknown>> {
    const example = await this.exampleOf(type);
    const isObject = typeof example === 'object' && example !== null && !Array.isArray(example);
    return isObject ? (example as Record<string, unknown>) : samplePayload(type);
  }

  private async exampleOf(type: string): Promise<unknown> {
    try {
      return (await this.eventTypes.get(type)).example;
    } catch (error) {
      if (error instanceof EventTypeNotFoundError) return null;
      throw error;
    }
  }
}
