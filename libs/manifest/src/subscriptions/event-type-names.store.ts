import { Injectable } from '@nestjs/common';
import { PrismaService } from '@breakwater/platform';

/** Reads the catalogue of event types, which libs/events writes. */
@Injectable()
export class EventTypeNamesStore {
  constructor(private readonly prisma: PrismaService) {}

  async names(): Promise<string[]> {
    const rows = await this.prisma.eventType.findMany({ select: { name: true } });
    return rows.map(({ name }) => name);
  }
}
