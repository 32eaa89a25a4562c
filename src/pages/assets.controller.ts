import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/access.decorators.ts';
import { AppError } from '../errors.ts';
import { stylesheet, stylesheetPath } from './stylesheet.ts';

/** The one file that the pages need. */
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  @Get(':file')
  @Public()
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  stylesheet(@Param('file') file: string): string {
    if (`/assets/${file}` !== stylesheetPath) throw new AppError('not_found', 'There is no such file.');
    return stylesheet;
  }
}
