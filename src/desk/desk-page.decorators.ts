import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { type AuthenticatedRequest, CALL_SCOPES, DeskPage, Public } from '../auth/access.decorators.ts';
import type { PrincipalScope } from '../auth/principal.ts';
import { PageInterceptor } from '../pages/page.interceptor.ts';
import type { StaffSession } from '../staff/staff-session.ts';
import type { Language } from '../policy/vocabulary.ts';
import { DeskPageFilter } from './desk-page.filter.ts';
import { DeskPageGuard, type DeskRequest } from './desk-page.guard.ts';

const ASPECTS = [ApiExcludeController(), UseGuards(DeskPageGuard), UseFilters(DeskPageFilter)];

/** All of a controller's routes are pages of the desk, for employees who are signed in there with a role of one of these. */
export const DeskPages = (scopes: readonly PrincipalScope[] = CALL_SCOPES): ClassDecorator =>
  applyDecorators(DeskPage(scopes), ...ASPECTS, UseInterceptors(PageInterceptor));

/** The same, of answers that are no pages. */
export const DeskAnswers = (): ClassDecorator => applyDecorators(DeskPage(CALL_SCOPES), ...ASPECTS);

/** All of a controller's routes are pages of the desk, for who wants to sign in. */
export const PublicDeskPages = (): ClassDecorator =>
  applyDecorators(Public(), ...ASPECTS, UseInterceptors(PageInterceptor));

/** In which language the employee speaks with the caller: what they chose, null = that of the call. */
export const Spoken = createParamDecorator(
  (_: unknown, context: ExecutionContext): Language | null =>
    context.switchToHttp().getRequest<DeskRequest>().spoken ?? null,
);

/** The {@link StaffSession} of this request. Only on routes of {@link DeskPages}. */
export const CurrentStaffSession = createParamDecorator((_: unknown, context: ExecutionContext): StaffSession => {
  const { staffSession } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (staffSession === undefined) throw new Error('This route is no page of the desk.');
  return staffSession;
});
