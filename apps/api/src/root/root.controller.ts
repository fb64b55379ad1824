import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@breakwater/access';

const PAGE = `Breakwater

  /docs           every call of the API, to read and to try
  /openapi.json   the same for programs
  /readyz         whether this process may get traffic
  /metrics        for Prometheus, with an admin key
  /api/v1         the API: send "Authorization: Bearer bw_..." with every call

First steps

  1. The first admin key was printed at the first start; npm start keeps it in .breakwater/admin-key.
  2. Register an app:   PUT  /api/v1/admin/apps/{appId}/manifest
  3. Call it:           POST /api/v1/apps/{appId}/capabilities/{capability}/invoke
  4. See how all is:    GET  /api/v1/admin/webhook-health

docs/guides/getting-started.md has each as a command to copy; "breakwater --help" does the same from a terminal.
`;

/** For a person who opens the address in a browser. */
@ApiExcludeController()
@Controller()
@Public()
export class RootController {
  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  page(): string {
    return PAGE;
  }
}
