import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { preferredLanguage } from '../http/preferred-language.ts';
import { type Language, LANGUAGES } from '../policy/vocabulary.ts';
import { type CookieName, Cookies } from './cookies.ts';

/** Seconds that a browser remembers the language. */
const YEAR = 365 * 24 * 60 * 60;

/** The language that somebody chose on a page of the self-service. */
@Injectable()
export class ChosenLanguage {
  constructor(private readonly cookies: Cookies) {}

  /** What they chose now, and that is kept, or chose before; null = neither. */
  of(request: FastifyRequest, reply: FastifyReply, kept: CookieName = 'language'): Language | null {
    const asked = new URLSearchParams(request.url.split('?')[1]).get('lang');
    const chosen = LANGUAGES.find((language) => language === asked);
    if (chosen !== undefined) this.cookies.set(reply, kept, chosen, YEAR);
    return chosen ?? LANGUAGES.find((language) => language === this.cookies.get(request, kept)) ?? null;
  }

  /** For who has chosen none, and isn't known. */
  ofBrowser(request: FastifyRequest): Language {
    return preferredLanguage(request.headers['accept-language'], 'nl');
  }
}
