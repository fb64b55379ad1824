import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@breakwater/access';
import { Approvals, type ApprovalRow } from '@breakwater/delegation';
import { JsonText } from '@breakwater/json';
import type { FastifyReply } from 'fastify';
import { jsonAnswer } from '../answers/json-answer.js';
import { Audited } from '../audit/audited.js';
import { presentedPage, positionOf } from '../paging/cursor.js';
import { idOf } from '../paging/id-of.js';
import { ApprovalDecisionDto, ApprovalDto, ApprovalPageDto, ApprovalQueryDto } from './approval.dto.js';
import { Problems } from '../document/problems.js';

@ApiTags('approvals')
@Controller('api/v1/admin/approvals')
@RequireScope('admin')
export class ApprovalsController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @ApiOperation({
    summary: 'Decisions that wait for a person',
    description: 'Pending ones by default, newest first.',
  })
  @ApiOkResponse({ type: ApprovalPageDto })
  async list(
    @Query() { cursor, limit, status, appId }: ApprovalQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const [after] = positionOf(cursor, 1) ?? [];
    const filter = { status, ...(appId === undefined ? {} : { appId }) };
    const afterId = after === undefined ? undefined : idOf(after, cursor!);
    const rows = await this.approvals.list(filter, limit + 1, afterId);
    return jsonAnswer(
      reply,
      presentedPage(rows, limit, present, ({ id }) => [id]),
    );
  }

  @Get(':id')
  @ApiOperation({
    summary: 'One decision',
    description: 'With the payload and context for the decision.',
  })
  @Problems('APPROVAL_NOT_FOUND')
  @ApiOkResponse({ type: ApprovalDto })
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return jsonAnswer(reply, present(await this.approvals.get(id)));
  }

  @Post(':id/resolve')
  @Audited('approval.resolve')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approve or reject',
    description: 'A decision is final. Breakwater stores it and takes no further action.',
  })
  @Problems('APPROVAL_NOT_FOUND', 'APPROVAL_RESOLVED')
  @ApiOkResponse({ type: ApprovalDto })
  async resolve(
    @Param('id') id: string,
    @Body() { status, notes }: ApprovalDecisionDto,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return jsonAnswer(
      reply,
      present(await this.approvals.resolve(id, status, principal.name, notes ?? null)),
    );
  }
}

/** The context as the caller wrote it; rows of earlier versions have it in the database's spelling. */
function present({ payload, context, contextBytes, toldAt: _, ...row }: ApprovalRow): object {
  return {
    ...row,
    payload: Buffer.from(payload).toString('utf8'),
    context: contextBytes ? new JsonText(Buffer.from(contextBytes).toString('utf8')) : context,
  };
}
