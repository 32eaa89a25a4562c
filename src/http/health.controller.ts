import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/access.decorators.ts';
import { HealthResponse } from './health.dto.ts';
import { Readiness } from './readiness.ts';

@ApiTags('operations')
@Controller('health')
@Public()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** This process runs. If not, restart it. */
  @Get('live')
  live(): HealthResponse {
    return { status: 'ok', checked: [] };
  }

  /** This process can work: send it requests. If not, send them elsewhere; a restart would not help. */
  @Get('ready')
  async ready(): Promise<HealthResponse> {
    return { status: 'ok', checked: await this.readiness.check() };
  }
}
