import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { Page as ForSignedIn, Public } from '../auth/access.decorators.ts';
import { PageFilter } from './page.filter.ts';
import { PageGuard, type PageRequest } from './page.guard.ts';
import { PageInterceptor } from './page.interceptor.ts';
import type { Page } from './page.ts';

/** All of a controller's routes are pages of the self-service, for who is signed in. */
export const Pages = (): ClassDecorator => applyDecorators(ForSignedIn(), ...ASPECTS);

/** All of a controller's routes are pages of the self-service, for everybody. */
export const PublicPages = (): ClassDecorator => applyDecorators(Public(), ...ASPECTS);

const ASPECTS = [
  ApiExcludeController(),
  UseGuards(PageGuard),
  UseInterceptors(PageInterceptor),
  UseFilters(PageFilter),
];

/** The {@link Page} of this request. Only on routes of {@link Pages} and {@link PublicPages}. */
export const CurrentPage = createParamDecorator((_: unknown, context: ExecutionContext): Page => {
  const { page } = context.switchToHttp().getRequest<PageRequest>();
  if (page === undefined) throw new Error('This route is no page.');
  return page;
});
