import { Injectable } from '@nestjs/common';
import { DeadLetters, Deliveries, DeliveryPendingError, EndpointClosedError } from '@breakwater/delivery';
import { LISTED } from '../stories/event-stories.service.js';
import { EventStore } from '../stories/event.store.js';

/** Sends again what failed, by whichever id a person has at hand. */
@Injectable()
export class RetryFailed {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly deadLetters: DeadLetters,
    private readonly events: EventStore,
  ) {}

  /**
   * @param id of a delivery, of a dead letter, or of an event: then its deliveries that failed are sent again, at most
   * LISTED
   * @param as the app whose key is used; null is the platform itself
   * @returns the deliveries that are due again; none if no delivery of the event failed
   * @throws DeliveryNotFoundError, DeliveryPendingError, DeliverySyncError, EndpointClosedError
   */
  async retry(id: string, as: string | null, actor: string): Promise<string[]> {
    const failed = (await this.failedOf(id, as)) ?? [(await this.deadLetters.deliveryOf(id, as)) ?? id];
    const due: string[] = [];
    let refusal: Error | undefined;
    for (const deliveryId of failed) {
      try {
        await this.deliveries.redeliver(deliveryId, as, actor);
        due.push(deliveryId);
      } catch (error) {
        // One subscription that is disabled must not keep the others from getting the event.
        if (!(error instanceof EndpointClosedError || error instanceof DeliveryPendingError)) throw error;
        refusal = error;
      }
    }
    if (due.length === 0 && refusal) throw refusal;
    return due;
  }

  /** Null if it is not the id of an event. */
  private async failedOf(eventId: string, as: string | null): Promise<string[] | null> {
    if (!(await this.events.find(eventId, as))) return null;
    const deliveries = await this.events.deliveries(eventId, LISTED, as);
    const failed = deliveries.filter(({ status }) => status === 'dead_letter').map(({ id }) => id);
    return failed;
  }
}
