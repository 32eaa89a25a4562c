import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/access.decorators.ts';
import { AppError } from '../errors.ts';
import { metrics } from './metrics.ts';

@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  /**
   * The numbers of this process, for Prometheus. Only for who reaches it directly: a proxy in front adds one of these
   * headers, and nobody outside can take it away.
   */
  @Get()
  @Public()
  @Header('Content-Type', metrics.registry.contentType)
  async read(
    @Headers('x-forwarded-for') forwardedFor: string | undefined,
    @Headers('forwarded') forwarded: string | undefined,
  ): Promise<string> {
    if (forwardedFor !== undefined || forwarded !== undefined) throw new AppError('not_found', 'Not found.');
    return metrics.registry.metrics();
  }
}
