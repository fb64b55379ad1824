import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { NotificationsAdmin } from '@breakwater/notifications';
import { innerCursor, outerPage } from '../paging/cursor.js';
import { NotificationPageDto, NotificationQueryDto, NotificationStoryDto } from './notification.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('notifications')
@Controller('api/v1/admin/notifications')
@RequireScope('admin')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsAdmin) {}

  @Get()
  @ApiOperation({
    summary: 'Which notifications were sent to whom, newest first',
    description: 'Of every channel; addresses of chat channels are secrets and not shown.',
  })
  async list(@Query() { cursor, ...filter }: NotificationQueryDto): Promise<NotificationPageDto> {
    return outerPage(await this.notifications.list({ ...filter, ...innerCursor(cursor) }));
  }

  @Get(':id')
  @ApiOperation({
    summary: 'One notification with its text',
    description: 'As it was sent, with its attempts.',
  })
  @Problems('NOTIFICATION_NOT_FOUND')
  async get(@Param('id') id: string): Promise<NotificationStoryDto> {
    return this.notifications.get(id);
  }
}
