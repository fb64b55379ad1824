import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { PRESETS } from '@breakwater/inbound';
import { presentPreset } from './present.js';
import { SourcePresetListDto } from './source-preset.dto.js';

@ApiTags('sources')
@Controller('api/v1/source-presets')
@RequireScope('admin', 'app', 'read')
export class SourcePresetsController {
  @Get()
  @ApiOperation({
    summary: 'Providers whose requests can be verified',
    description: 'What to paste where, and which secret is needed, in the order of their titles.',
  })
  list(): SourcePresetListDto {
    return { items: [...PRESETS.values()].map(presentPreset) };
  }
}
