import type { VNode } from 'preact';

import type { Page } from '../pages/page.ts';
import { text, type TextKey } from '../pages/text.ts';
import { DESK } from './desk-paths.ts';

/** Where one can go at the desk. */
const PLACES: readonly { readonly href: string; readonly text: TextKey }[] = [
  { href: DESK, text: 'desk.calls' },
  { href: '/desk/files', text: 'files.title' },
  { href: '/desk/log', text: 'log.title' },
];

export function DeskNavigation({ page: { language, path } }: { readonly page: Page }): VNode {
  return (
    <nav aria-label={text(language, 'desk.navigation')}>
      <ul class="desk-bar__places">
        {PLACES.map((place) => (
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

function currentOf(path: string, href: string): 'page' | 'true' | undefined {
  if (path === href) return 'page';
  const isInside = href === DESK ? path.startsWith('/desk/calls') : path.startsWith(`${href}/`);
  return isInside ? 'true' : undefined;
}
