import type { VNode } from 'preact';

import type { PrincipalScope } from '../auth/principal.ts';
import type { Organisation } from '../config/organisation.ts';
import type { Language } from '../policy/vocabulary.ts';

/** Who looks at a page. */
export interface Reader {
  readonly name: string | null;
  /** Of an employee: what their roles open. */
  readonly scopes?: readonly PrincipalScope[];
}

/** What every page of the self-service needs to know of its request. */
export interface Page {
  readonly language: Language;
  readonly sender: Organisation;
  /** Path of this page, without a query. */
  readonly path: string;
  /** For every form on it: see `FormGuard`. */
  readonly formToken: string;
  /** Null when nobody is signed in. */
  readonly reader: Reader | null;
}

/** Where to go instead, once something was done: a reload does nothing twice. */
export interface SeeOther {
  readonly seeOther: string;
}

/** A file to keep, in place of a page. */
export interface FileAnswer {
  readonly file: { readonly name: string; readonly type: string; readonly text: string };
}

/** A page that says what was wrong. */
export interface StatusPage {
  readonly page: VNode;
  readonly status: number;
  /** Seconds after which it may be tried again. */
  readonly retryAfter?: number | undefined;
}

/** What the controller of a page answers: a page, a page that says what was wrong, where to go, or a file. */
export type PageAnswer = VNode | StatusPage | SeeOther | FileAnswer;

export function seeOther(path: string): SeeOther {
  return { seeOther: path };
}
