import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditLog, RequireScope, type AuditEntry } from '@breakwater/access';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { timeOf } from '../paging/time-of.js';
import { AuditEntryDto, AuditPageDto, AuditQueryDto } from './audit.dto.js';

@ApiTags('audit log')
@Controller('api/v1/admin/audit-log')
@RequireScope('admin')
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  @ApiOperation({
    summary: 'Who did what to what, newest first',
    description: 'An item must match all filters. No line contains a secret, a payload or notes.',
  })
  async list(@Query() { cursor, limit, ...filter }: AuditQueryDto): Promise<AuditPageDto> {
    const position = positionOf(cursor, 2);
    const after = position && { at: timeOf(position[0]!, cursor!), id: idOf(position[1]!, cursor!) };
    const rows = await this.audit.list(filter, limit + 1, after);
    return presentedPage(rows, limit, present, ({ at, id }) => [at.toISOString(), id]);
  }
}

function present({ detail, ...entry }: AuditEntry): AuditEntryDto {
  return { ...entry, detail: detail && { ...detail } };
}
