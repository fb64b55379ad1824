import { Injectable } from '@nestjs/common';
import { newId, PrismaService } from '@breakwater/platform';

/** A notice to a room of an organizer, which is shown and never sent. */
export interface RoomNotice {
  kind: string;
  roomId: string;
  appId: string;
  capability: string;
  subject: string;
  text: string;
  data: Readonly<Record<string, string>>;
}

@Injectable()
export class RoomNotices {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns its notification's id */
  async add({ kind, roomId, appId, capability, subject, text, data }: RoomNotice): Promise<string> {
    const id = newId();
    await this.prisma.notification.create({
      data: {
        id,
        channel: 'in_app',
        kind,
        recipient: `room:${roomId}`,
        roomId,
        appId,
        capability,
        subject,
        text,
        data,
        dedupeKey: `${kind}:${id}`,
        status: 'sent',
        sentAt: new Date(),
      },
    });
    return id;
  }
}
