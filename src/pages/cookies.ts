import { Injectable } from '@nestjs/common';
import { parseCookie, type SerializeOptions, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Config } from '../config/config.ts';

/**
 * What pages keep in a browser: who is signed in, which code was asked for, what it is known by while it is away at another
 * sign-in service or shows a passkey, a secret for forms, a language.
 */
export const COOKIES = ['session', 'sign-in', 'elsewhere', 'passkey', 'form', 'language'] as const;
export type CookieName = (typeof COOKIES)[number];

/** Under names that no other host of the same domain can set, where this is reached by https. */
@Injectable()
export class Cookies {
  readonly #isHttps: boolean;

  constructor(config: Config) {
    this.#isHttps = config.publicUrl.startsWith('https://');
  }

  /** Null when there is none. */
  get(request: FastifyRequest, name: CookieName): string | null {
    const { cookie } = request.headers;
    return cookie === undefined ? null : (parseCookie(cookie)[this.#nameOf(name)] ?? null);
  }

  /** @param seconds how long the browser keeps it; left out = until it is closed */
  set(reply: FastifyReply, name: CookieName, value: string, seconds?: number): void {
    const options: SerializeOptions = {
      path: '/',
      httpOnly: true,
      secure: this.#isHttps,
      // Lax: a link in a message must find its reader signed in. No form of another site sends it.
      sameSite: 'lax',
      ...(seconds === undefined ? {} : { maxAge: seconds }),
    };
    const known = reply.getHeader('set-cookie');
    const others = (Array.isArray(known) ? known : known === undefined ? [] : [String(known)]).filter(
      (one) => !one.startsWith(`${this.#nameOf(name)}=`),
    );
    void reply.removeHeader('set-cookie');
    void reply.header('set-cookie', [...others, stringifySetCookie(this.#nameOf(name), value, options)]);
  }

  clear(reply: FastifyReply, name: CookieName): void {
    this.set(reply, name, '', 0);
  }

  #nameOf(name: CookieName): string {
    return this.#isHttps ? `__Host-mandaat-${name}` : `mandaat-${name}`;
  }
}
