import { Controller, Get } from '@nestjs/common';

import { AppError } from '../errors.ts';
import { DeskPages } from './desk-page.decorators.ts';

/** Where nothing is, at the desk: told on a page. */
@Controller('desk/*')
@DeskPages()
export class DeskNowhereController {
  @Get()
  show(): never {
    throw new AppError('not_found', 'There is no such page.');
  }
}
