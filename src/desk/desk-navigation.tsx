import type { VNode } from 'preact';

import { CALL_SCOPES, PRIVACY_SCOPES } from '../auth/access.decorators.ts';
import type { PrincipalScope } from '../auth/principal.ts';
import type { Page } from '../pages/page.ts';
import { text, type TextKey } from '../pages/text.ts';
import { DESK, DESK_INCIDENTS, DESK_UNMASKINGS } from './desk-paths.ts';

interface Place {
  readonly href: string;
  readonly text: TextKey;
  /** Any of these opens it. */
  readonly scopes: readonly PrincipalScope[];
}

/** Where one can go at the desk. */
const PLACES: readonly Place[] = [
  { href: DESK, text: 'desk.calls', scopes: CALL_SCOPES },
  { href: '/desk/files', text: 'files.title', scopes: CALL_SCOPES },
  { href: '/desk/log', text: 'log.title', scopes: CALL_SCOPES },
  { href: DESK_INCIDENTS, text: 'incidents.title', scopes: PRIVACY_SCOPES },
  { href: DESK_UNMASKINGS, text: 'unmasking.title', scopes: PRIVACY_SCOPES },
];

/** Where this reader begins: with calls, unless their roles open none. */
export function deskStart({ reader }: Page): string {
  return placesOf(reader?.scopes ?? [])[0]?.href ?? DESK;
}

export function DeskNavigation({ page: { language, path, reader } }: { readonly page: Page }): VNode {
  return (
    <nav aria-label={text(language, 'desk.navigation')}>
      <ul class="desk-bar__places">
        {placesOf(reader?.scopes ?? []).map((place) => (
          <li key={place.href}>
            <a class="desk-bar__link" href={place.href} aria-current={currentOf(path, place.href)}>
              {text(language, place.text)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function placesOf(mine: readonly PrincipalScope[]): readonly Place[] {
  return PLACES.filter(({ scopes }) => scopes.some((one) => mine.includes(one)));
}

function currentOf(path: string, href: string): 'page' | 'true' | undefined {
  if (path === href) return 'page';
  const isInside = href === DESK ? path.startsWith('/desk/calls') : path.startsWith(`${href}/`);
  return isInside ? 'true' : undefined;
}
