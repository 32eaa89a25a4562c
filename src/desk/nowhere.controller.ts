import { Controller, Get } from '@nestjs/common';

import { DESK_SCOPES } from '../auth/access.decorators.ts';
import { AppError } from '../errors.ts';
import { DeskPages } from './desk-page.decorators.ts';

/** Where nothing is, at the desk: told on a page. */
@Controller('desk/*')
@DeskPages(DESK_SCOPES)
export class DeskNowhereController {
  @Get()
  show(): never {
    throw new AppError('not_found', 'There is no such page.');
  }
}
