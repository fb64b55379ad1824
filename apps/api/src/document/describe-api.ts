import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { manifestJsonSchema } from '@breakwater/manifest';
import { catalogueTable } from '../errors/catalogue-page.js';
import { ERROR_CATALOGUE } from '../errors/catalogue.js';
import { ProblemDto } from '../errors/problem.dto.js';
import { operationId, publicOperations } from '../public-operations.js';
import { completeDocument } from './complete.js';
import { TAGS } from './tags.js';

const ABOUT = `Makes third-party webhooks safe to depend on.

An optional member may be absent, but not null: null is a value, allowed only where the schema says so. Unknown
parameters and members are refused. Times are ISO 8601 with a time zone. Lists give \`nextCursor\` for the next page, null
on the last one.

## Errors

Every error is \`application/problem+json\` (RFC 9457). \`code\` is stable: decide by it, not by the text. \`problems\` lists
every broken rule with a JSON pointer; \`requestId\` finds the log line. A path that supports only other methods answers 405
with \`Allow\`.

`;

/** The OpenAPI of the running code. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Breakwater')
    .setDescription(ABOUT + catalogueTable(ERROR_CATALOGUE))
    .setVersion('1')
    .setContact('Who runs this installation', '', '')
    .setLicense('MIT', '')
    .addServer('/', 'This installation')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'bw_…',
      description: 'An API key, or the token of a portal link (`bwp_…`).',
    })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The same key.' }, 'apiKey')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('apiKey');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: operationId,
    extraModels: [ProblemDto],
  });
  document.info.contact = { name: 'Who runs this installation' };
  document.info.license = { name: 'MIT', identifier: 'MIT' } as typeof document.info.license;
  return completeDocument(document, {
    publicIds: publicOperations(app.get(ModulesContainer)),
    manifestSchema: manifestJsonSchema(),
  });
}
