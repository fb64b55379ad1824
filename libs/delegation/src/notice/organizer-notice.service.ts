import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { RoomNotices } from '@breakwater/notifications';
import { HintBus } from '@breakwater/platform';
import { ROOM_ID_MAX } from '../invoke/context-problems.js';
import type { FallbackCall } from '../fallback/fallback-strategy.service.js';

/** Channel for notices that were stored for a room; the payload is the notification's id. */
export const ROOM_CHANNEL = 'room';

/** Notifies a room's organizer that a fallback answered: the notice is stored, then pushed to listeners. */
@Injectable()
export class OrganizerNotice implements OnModuleDestroy {
  private readonly log = new Logger(OrganizerNotice.name);
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly notices: RoomNotices,
    private readonly hints: HintBus,
  ) {}

  /** After the answer: the caller does not wait for it. */
  tell(call: FallbackCall): void {
    const { roomId } = call.context;
    const { requestId } = call;
    if (typeof roomId !== 'string' || roomId === '') return;
    if (roomId.length > ROOM_ID_MAX) {
      this.log.warn({ msg: "no organizer to notify: the room's name is too long", requestId });
      return;
    }
    const telling = this.store(roomId, call)
      .catch((error: Error) =>
        this.log.error({ msg: 'organizer not notified', roomId, requestId, error: error.message }),
      )
      .finally(() => this.underWay.delete(telling));
    this.underWay.add(telling);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async store(roomId: string, { endpoint, reason, requestId }: FallbackCall): Promise<void> {
    const { appId, appName, capability } = endpoint;
    const id = await this.notices.add({
      kind: 'fallback_used',
      roomId,
      appId,
      capability,
      subject: `${capability} of ${appName} answered by its fallback`,
      text: `The app "${appName}" could not answer ${capability} (${reason}); its fallback did.`,
      data: { capability, reason, requestId },
    });
    await this.hints.publish(ROOM_CHANNEL, id);
  }
}
