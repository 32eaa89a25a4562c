import csrf from '@fastify/csrf';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { ChosenLanguage } from './chosen-language.ts';
import { Cookies } from './cookies.ts';
import type { Page } from './page.ts';

/** A request that has passed {@link PageGuard}. */
export interface PageRequest extends FastifyRequest, AuthenticatedRequest {
  page?: Page;
}

/** The field of every form that shows that it is ours. */
export const FORM_TOKEN = 'form_token';
/** Whose the forms are of somebody who is not signed in. */
const VISITOR = 'visitor';

/**
 * Stands before the pages of the self-service: finds out who looks, in which language, and whether a form that comes in was
 * made by one of our pages, in this browser, for whoever is signed in now.
 */
@Injectable()
export class PageGuard implements CanActivate {
  readonly #tokens: csrf.TokensUserinfo;

  constructor(
    ring: KeyRing,
    private readonly config: Config,
    private readonly cookies: Cookies,
    private readonly languages: ChosenLanguage,
    private readonly holders: HoldersService,
    private readonly dataSource: DataSource,
  ) {
    this.#tokens = new csrf.Tokens({ userInfo: true, hmacKey: ring.mac('page-forms', '', ring.indexKeyId) });
  }

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
      formToken: this.#tokens.create(secret, whose),
      reader: known === null ? null : { name: known.name },
    };
    if (request.method === 'POST') this.#requireOwnForm(request, secret, whose);
    return true;
  }

  #newSecret(reply: FastifyReply): string {
    const secret = this.#tokens.secretSync();
    this.cookies.set(reply, 'form', secret);
    return secret;
  }

  #requireOwnForm(request: FastifyRequest, secret: string, whose: string): void {
    const form = request.body as Record<string, unknown> | null | undefined;
    const token = form?.[FORM_TOKEN];
    if (typeof token !== 'string' || !this.#tokens.verify(secret, token, whose)) {
      throw new AppError('form_expired', 'This form is too old, or was not made here. Open the page again.');
    }
    // What is left is what the page's own class describes.
    delete form?.[FORM_TOKEN];
  }
}
