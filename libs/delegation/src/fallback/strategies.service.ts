import { Injectable } from '@nestjs/common';
import { JSON_NULL, sliceItems, sliceMember } from '@breakwater/json';
import { Chance } from '@breakwater/platform';
import { AcceptDelivery, EndpointUnavailableError } from '@breakwater/delivery';
import { ApprovalStore } from './approval.store.js';
import {
  Fallback,
  FallbackStrategy,
  type FallbackAnswer,
  type FallbackCall,
} from './fallback-strategy.service.js';
import { LastAnswers } from './last-answers.service.js';
import { pick } from './pick.js';
import { storableContext } from './storable-context.js';

/** One of `context.participants`, each equally likely, as the caller wrote it; no winner for an empty list. */
@Injectable()
@Fallback('random_winner')
export class RandomWinner extends FallbackStrategy {
  constructor(private readonly chance: Chance) {
    super();
  }

  override async answer({ context, contextBytes }: FallbackCall): Promise<FallbackAnswer> {
    const list = Array.isArray(context['participants']) ? sliceMember(contextBytes, 'participants') : null;
    const winner = pick(list ? sliceItems(list) : [], this.chance.next()) ?? JSON_NULL;
    return { kind: 'json', json: Buffer.concat([Buffer.from('{"winner":'), winner, Buffer.from('}')]) };
  }
}

/** Leaves the decision to a person, who finds it among the approvals. */
@Injectable()
@Fallback('pending_approval')
export class PendingApproval extends FallbackStrategy {
  constructor(private readonly approvals: ApprovalStore) {
    super();
  }

  override async answer({
    endpoint,
    requestId,
    body,
    context,
    contextBytes,
    reason,
  }: FallbackCall): Promise<FallbackAnswer> {
    const approvalId = await this.approvals.add({
      appId: endpoint.appId,
      capability: endpoint.capability,
      requestId,
      payload: body,
      context: storableContext(context),
      contextBytes,
      reason,
    });
    return { kind: 'data', data: { status: 'pending_approval', approvalId } };
  }
}

/** The manifest's own value, as it was written there. */
@Injectable()
@Fallback('static')
export class StaticValue extends FallbackStrategy {
  override async answer({ endpoint }: FallbackCall): Promise<FallbackAnswer> {
    const { text, value } = endpoint.fallback;
    return { kind: 'json', json: Buffer.from(text ?? JSON.stringify(value ?? null)) };
  }
}

/** The last good answer, while it is not older than `maxAgeMs`. */
@Injectable()
@Fallback('last_success')
export class LastSuccess extends FallbackStrategy {
  constructor(private readonly answers: LastAnswers) {
    super();
  }

  override async answer({ endpoint }: FallbackCall): Promise<FallbackAnswer> {
    const last = await this.answers.last(endpoint);
    const { maxAgeMs = Infinity } = endpoint.fallback;
    return last && last.ageMs <= maxAgeMs ? { kind: 'json', ...last } : { kind: 'none' };
  }
}

/** Accepts the call for async delivery; nobody waits for its answer. */
@Injectable()
@Fallback('queue')
export class QueueFallback extends FallbackStrategy {
  constructor(private readonly deliveries: AcceptDelivery) {
    super();
  }

  override async answer({ endpoint, requestId, body }: FallbackCall): Promise<FallbackAnswer> {
    const request = {
      endpoint,
      requestId,
      body,
      kind: 'invocation',
      contentType: 'application/json',
    } as const;
    try {
      const { deliveryId } = await this.deliveries.accept(request);
      return { kind: 'accepted', deliveryId };
    } catch (error) {
      if (error instanceof EndpointUnavailableError) return { kind: 'none' }; // Disabled: it would not be called later either.
      throw error;
    }
  }
}

/** No fallback: the caller gets the error. */
@Injectable()
@Fallback('none')
export class NoFallback extends FallbackStrategy {
  override async answer(): Promise<FallbackAnswer> {
    return { kind: 'none' };
  }
}
