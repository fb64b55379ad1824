import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { Approvals, type ApprovalRow } from '@breakwater/delegation';
import { Audited } from '../audit/audited.js';
import { pageOf, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { ApprovalDecisionDto, ApprovalDto, ApprovalPageDto, ApprovalQueryDto } from './approval.dto.js';

@ApiTags('approvals')
@Controller('api/v1/admin/approvals')
@RequireScope('admin')
export class ApprovalsController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @ApiOperation({ summary: 'Decisions that wait for a person' })
  async list(@Query() { cursor, limit, status, appId }: ApprovalQueryDto): Promise<ApprovalPageDto> {
    const [after] = positionOf(cursor, 1) ?? [];
    const filter = { status, ...(appId === undefined ? {} : { appId }) };
    const afterId = after === undefined ? undefined : idOf(after, cursor!);
    return pageOf(await this.approvals.list(filter, limit + 1, afterId), limit, present, ({ id }) => [id]);
  }

  @Post(':id/resolve')
  @Audited('approval.resolve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approve or reject' })
  async resolve(
    @Param('id') id: string,
    @Body() { status, notes }: ApprovalDecisionDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalDto> {
    return present(await this.approvals.resolve(id, status, principal.name, notes ?? null));
  }
}

function present({ payload, context, ...row }: ApprovalRow): ApprovalDto {
  return {
    ...row,
    payload: Buffer.from(payload).toString('utf8'),
    context: context as Record<string, unknown> | null,
  };
}
