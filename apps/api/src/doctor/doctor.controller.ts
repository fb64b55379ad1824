import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@breakwater/access';
import { Doctor } from '@breakwater/doctor';
import { DoctorReportDto } from './doctor.dto.js';

@ApiTags('doctor')
@Controller('api/v1/admin/doctor')
@RequireScope('admin')
export class DoctorController {
  constructor(private readonly doctor: Doctor) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Check the installation',
    description:
      'Checks the database, migrations, clocks, the queue, workers, the mail server, the SSRF guard, the encryption keys and partitions, and sends one test call through the queue and a worker. Each failure has its remedy. All checks run at once, each within 8 s. It changes nothing that lasts.',
  })
  async examine(): Promise<DoctorReportDto> {
    return this.doctor.examine();
  }
}
