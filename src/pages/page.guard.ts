import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { ChosenLanguage } from './chosen-language.ts';
import { Cookies } from './cookies.ts';
import { FormTokens } from './form-tokens.ts';
import type { Page } from './page.ts';

/** A request that has passed {@link PageGuard}. */
export interface PageRequest extends FastifyRequest, AuthenticatedRequest {
  page?: Page;
}

/** Whose the forms are of somebody who is not signed in. */
const VISITOR = 'visitor';

/**
 * Stands before the pages of the self-service: finds out who looks, in which language, and whether a form that comes in was
 * made by one of our pages, in this browser, for whoever is signed in now.
 */
@Injectable()
export class PageGuard implements CanActivate {
  constructor(
    private readonly tokens: FormTokens,
    private readonly config: Config,
    private readonly cookies: Cookies,
    private readonly languages: ChosenLanguage,
    private readonly holders: HoldersService,
    private readonly dataSource: DataSource,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<PageRequest>();
    const reply = http.getResponse<FastifyReply>();
    const person = request.principal?.person;
    const secret = this.cookies.get(request, 'form') ?? this.#newSecret(reply);
    const whose = person?.sessionId ?? VISITOR;
    const known = person === undefined ? null : await this.holders.describe(this.dataSource.manager, person.id);
    const language = this.languages.of(request, reply) ?? known?.language ?? this.languages.ofBrowser(request);
    request.page = {
      language,
      sender: organisationOf(this.config),
      path: request.url.split('?')[0] ?? '/',
      formToken: this.tokens.create(secret, whose),
      reader: known === null ? null : { name: known.name },
    };
    if (request.method === 'POST') this.tokens.requireOwn(request, secret, whose);
    return true;
  }

  #newSecret(reply: FastifyReply): string {
    const secret = this.tokens.newSecret();
    this.cookies.set(reply, 'form', secret);
    return secret;
  }
}
