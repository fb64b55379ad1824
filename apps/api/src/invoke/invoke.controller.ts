import { isUtf8 } from 'node:buffer';
import {
  Body,
  Controller,
  Headers,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  type RawBodyRequest,
} from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireScope } from '@breakwater/access';
import { contextProblems, Delegation, type InvokeResult } from '@breakwater/delegation';
import { sliceMembers } from '@breakwater/json';
import { rawJson } from '../answers/json-answer.js';
import { InputInvalidError } from '../errors/input-invalid.error.js';
import { AcceptedDto, InvokeAnswerDto, InvokeDto } from './invoke.dto.js';
import { Problems } from '../document/problems.js';

/** Longest answer that is sent as a text, in bytes: copying a longer one costs more than it saves. */
const AS_TEXT_MAX = 16 * 1024;

@ApiTags('invoke')
@ApiExtraModels(AcceptedDto, InvokeAnswerDto)
@Controller('api/v1/apps/:appId/capabilities/:capability')
export class InvokeController {
  constructor(private readonly delegation: Delegation) {}

  @Post('invoke')
  @HttpCode(200)
  @RequireScope('admin', 'app', 'invoke')
  @ApiOperation({
    summary: "Call an app's capability: 200 with an answer, or 202 when it is async",
    description:
      'Sync capabilities answer within their timeout and 500 ms: the app, or its fallback. Async ones answer 202 once the delivery is stored.',
  })
  @Problems(
    'CAPABILITY_NOT_FOUND',
    'IDEMPOTENCY_KEY_INVALID',
    'IDEMPOTENCY_CONFLICT',
    'ENDPOINT_UNAVAILABLE',
    'APP_UNAVAILABLE',
    'APP_TIMEOUT',
    'FALLBACK_FAILED',
  )
  @ApiHeader({
    name: 'idempotency-key',
    required: false,
    description: 'For async capabilities: the same key and body within 24 h make one delivery',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: String.raw`^[\x20-\x7e]+$` },
  })
  @ApiResponse({ status: 200, schema: { $ref: getSchemaPath(InvokeAnswerDto) } })
  @ApiResponse({ status: 202, schema: { $ref: getSchemaPath(AcceptedDto) } })
  async invoke(
    @Param('appId') appId: string,
    @Param('capability') capability: string,
    @Body() { context = {} }: InvokeDto,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('idempotency-key') idempotencyKey?: string,
  ): Promise<Buffer | string | AcceptedDto> {
    const problems = contextProblems(context);
    if (problems.length > 0) throw new InputInvalidError(problems);
    const startedMs = performance.now();
    const requestId = request.id;
    const hangUp = new AbortController();
    const onClose = (): void => {
      if (!reply.raw.writableFinished) hangUp.abort(new Error('the caller hung up'));
    };
    reply.raw.once('close', onClose);
    try {
      const written = sliceMembers(request.rawBody!);
      const contextBytes = written.get('context');
      const result = await this.delegation.invoke({
        appId,
        capability,
        context,
        requestId,
        ...(contextBytes === undefined ? {} : { contextBytes }),
        body: written.get('payload')!,
        signal: hangUp.signal,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
      if (result.kind === 'accepted') {
        const { deliveryId, replayed, reason } = result;
        void reply.status(202).header('location', `/api/v1/deliveries/${deliveryId}`);
        return { deliveryId, status: 'accepted', requestId, replayed, ...(reason ? { reason } : {}) };
      }
      const durationMs = Math.round(performance.now() - startedMs);
      return rawJson(reply, answerBody(result, { requestId, durationMs }));
    } finally {
      reply.raw.off('close', onClose);
    }
  }
}

/**
 * The app's bytes are inserted between the other members unchanged: an answer is never parsed and printed again. A
 * short answer becomes a text of the same bytes, because Node sends a text together with its headers, but bytes
 * separately.
 */
function answerBody(
  { kind: _, source, data, ...about }: Extract<InvokeResult, { kind: 'answered' }>,
  of: { requestId: string; durationMs: number },
): Buffer | string {
  const before = `{"source":"${source}","data":`;
  const after = `,${JSON.stringify({ ...about, ...of }).slice(1)}`;
  if (data.length <= AS_TEXT_MAX && isUtf8(data)) return before + data.toString('utf8') + after;
  return Buffer.concat([Buffer.from(before), data, Buffer.from(after)]);
}
