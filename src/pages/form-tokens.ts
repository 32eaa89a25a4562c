import csrf from '@fastify/csrf';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';

/** The field of every form that shows that it is ours. */
export const FORM_TOKEN = 'form_token';

/** Whether a form that comes in was made by one of our pages, in this browser, for whoever is signed in now. */
@Injectable()
export class FormTokens {
  readonly #tokens: csrf.TokensUserinfo;

  constructor(ring: KeyRing) {
    this.#tokens = new csrf.Tokens({ userInfo: true, hmacKey: ring.mac('page-forms', '', ring.indexKeyId) });
  }

  /** For the browser to keep. */
  newSecret(): string {
    return this.#tokens.secretSync();
  }

  /** @param whose the session that the form is made for */
  create(secret: string, whose: string): string {
    return this.#tokens.create(secret, whose);
  }

  /** @throws AppError `form_expired` */
  requireOwn(request: FastifyRequest, secret: string, whose: string): void {
    const form = request.body as Record<string, unknown> | null | undefined;
    const token = form?.[FORM_TOKEN];
    if (typeof token !== 'string' || !this.#tokens.verify(secret, token, whose)) {
      throw new AppError('form_expired', 'This form is too old, or was not made here. Open the page again.');
    }
    // What is left is what the page's own class describes.
    delete form?.[FORM_TOKEN];
  }
}
