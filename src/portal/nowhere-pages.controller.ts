import { Controller, Get } from '@nestjs/common';

import { AppError } from '../errors.ts';
import { Pages } from '../pages/page.decorators.ts';

/** Where nothing is: told on a page, as people come here by an old link or a typing error. Nobody else learns what there is. */
@Controller('portal/*')
@Pages()
export class NowherePagesController {
  @Get()
  show(): never {
    throw new AppError('not_found', 'There is no such page.');
  }
}
