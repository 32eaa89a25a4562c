import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import type { PrincipalScope } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { AppError } from '../errors.ts';
import { type Language, LANGUAGES } from '../policy/vocabulary.ts';
import { ChosenLanguage } from '../pages/chosen-language.ts';
import { Cookies } from '../pages/cookies.ts';
import { FormTokens } from '../pages/form-tokens.ts';
import type { PageRequest } from '../pages/page.guard.ts';

/** Whose the forms are of somebody who is not signed in. */
const NOBODY = 'nobody';

/** A request that has passed {@link DeskPageGuard}. */
export interface DeskRequest extends PageRequest {
  /** The language in which the employee speaks with the caller, where they chose one; null = that of the call. */
  spoken?: Language | null;
}

/** Forms have flat fields of text; JSON that has not is none. */
function requireForm(body: unknown): void {
  const values = typeof body === 'object' && body !== null ? Object.values(body) : [];
  if (values.every((value) => typeof value === 'string')) return;
  throw new AppError('malformed_request', 'Send the fields of the form, each once and as text.');
}

/** Stands before the pages of the desk, as `PageGuard` does before those of the self-service. */
@Injectable()
export class DeskPageGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly cookies: Cookies,
    private readonly languages: ChosenLanguage,
    private readonly tokens: FormTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<DeskRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { principal, staffSession } = request;
    const secret = this.cookies.get(request, 'staff-form') ?? this.#newSecret(reply);
    // Of a kind of its own: a form of the self-service is none of the desk, whosever it is.
    const whose = `staff ${staffSession?.id ?? NOBODY}`;
    request.page = {
      language: this.languages.of(request, reply, 'staff-language') ?? this.languages.ofBrowser(request),
      sender: organisationOf(this.config),
      path: request.url.split('?')[0] ?? '/',
      formToken: this.tokens.create(secret, whose),
      reader:
        principal === undefined
          ? null
          : { name: principal.agent?.pseudonym ?? null, scopes: this.#scopes(staffSession?.roles ?? []) },
    };
    request.spoken = this.#spoken(request, reply);
    if (request.method === 'POST') {
      requireForm(request.body);
      this.tokens.requireOwn(request, secret, whose);
    }
    return true;
  }

  #spoken(request: DeskRequest, reply: FastifyReply): Language | null {
    const asked = new URLSearchParams(request.url.split('?')[1]).get('caller');
    const chosen = LANGUAGES.find((one) => one === asked);
    if (chosen !== undefined) this.cookies.set(reply, 'staff-caller', chosen);
    return chosen ?? LANGUAGES.find((one) => one === this.cookies.get(request, 'staff-caller')) ?? null;
  }

  #scopes(roles: readonly string[]): readonly PrincipalScope[] {
    return (this.config.oidcRoleMap ?? []).flatMap(({ role, scope }) => (roles.includes(role) ? [scope] : []));
  }

  #newSecret(reply: FastifyReply): string {
    const secret = this.tokens.newSecret();
    this.cookies.set(reply, 'staff-form', secret);
    return secret;
  }
}
