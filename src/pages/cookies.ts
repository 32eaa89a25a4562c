import { Injectable } from '@nestjs/common';
import { parseCookie, type SerializeOptions, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Config } from '../config/config.ts';

/**
 * What pages keep in a browser: who is signed in, which code was asked for, what it is known by while it is away at another
 * sign-in service or shows a passkey, a secret for forms, a language.
 */
export const COOKIES = ['session', 'sign-in', 'elsewhere', 'passkey', 'form', 'language'] as const;
/** What the desk keeps: which employee, what it is known by while they sign in, a secret for forms, their language and the caller's. */
export const STAFF_COOKIES = ['staff', 'staff-elsewhere', 'staff-form', 'staff-language', 'staff-caller'] as const;
export type CookieName = (typeof COOKIES | typeof STAFF_COOKIES)[number];
/** Those of the desk that must come along when it stands in a frame. Nobody comes back from the sign-in into a frame. */
const IN_FRAMES: ReadonlySet<CookieName> = new Set(['staff', 'staff-form', 'staff-language', 'staff-caller']);

/**
 * What a browser keeps of pages beside their cookies, as `Clear-Site-Data` names it: nobody sees it once somebody signed out. Not
 * "cookies": it means those of every host of the domain, so that the organisation's other sites, and the desk, would sign their
 * readers out.
 */
const LEFT_BEHIND = '"cache", "storage"';

/** Has the browser forget what it kept of our pages. Cookies are cleared by name. */
export function clearLeftBehind(reply: FastifyReply): void {
  void reply.header('clear-site-data', LEFT_BEHIND);
}

/** Under names that no other host of the same domain can set, where this is reached by https. */
@Injectable()
export class Cookies {
  readonly #isHttps: boolean;
  readonly #isFramed: boolean;

  constructor(config: Config) {
    this.#isHttps = config.publicUrl.startsWith('https://');
    this.#isFramed = this.#isHttps && config.deskFrameOrigins.length > 0;
  }

  /** Null when there is none. */
  get(request: FastifyRequest, name: CookieName): string | null {
    const { cookie } = request.headers;
    const value = cookie === undefined ? undefined : parseCookie(cookie)[this.#nameOf(name)];
    // One that was cleared, and is sent all the same.
    return value === undefined || value === '' ? null : value;
  }

  /** @param seconds how long the browser keeps it; left out = until it is closed */
  set(reply: FastifyReply, name: CookieName, value: string, seconds?: number): void {
    const options: SerializeOptions = {
      path: '/',
      httpOnly: true,
      secure: this.#isHttps,
      // Lax: a link in a message must find its reader signed in. No form of another site sends it. In a frame on another site
      // nothing but None arrives; forms of the desk are known by their token, and whoever else frames it is stopped by its policy.
      sameSite: this.#isFramed && IN_FRAMES.has(name) ? 'none' : 'lax',
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
