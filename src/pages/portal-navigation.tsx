import type { VNode } from 'preact';

import type { Page } from './page.ts';
import { text, type TextKey } from './text.ts';

interface Place {
  readonly href: string;
  /** Where only its pages lead. */
  readonly beyond?: string;
  readonly text: TextKey;
}

interface Area extends Place {
  /** What is in it; none = it is one place. The first is where the area begins. */
  readonly places: readonly Place[];
}

/** What stands in the navigation, in this order; and what is in each area, shown once somebody is there. */
const AREAS: readonly Area[] = [
  { href: '/portal', text: 'portal.home', places: [] },
  {
    href: '/portal/mandates',
    text: 'portal.mandates',
    places: [
      { href: '/portal/mandates', beyond: '/portal/software', text: 'mandates.title' },
      { href: '/portal/held', beyond: '/portal/organisations', text: 'held.title' },
      { href: '/portal/asked', text: 'asked.title' },
      { href: '/portal/requests', text: 'requests.title' },
    ],
  },
  {
    href: '/portal/questions',
    text: 'portal.contact',
    places: [
      { href: '/portal/questions', text: 'questions.title' },
      { href: '/portal/calls', text: 'portal.calls' },
    ],
  },
  {
    href: '/portal/activity',
    text: 'portal.activity',
    places: [
      { href: '/portal/activity', text: 'portal.activity' },
      { href: '/portal/life', text: 'life.title' },
    ],
  },
  {
    href: '/portal/preferences',
    text: 'portal.settings',
    places: [
      { href: '/portal/preferences', text: 'portal.preferences' },
      { href: '/portal/ways', beyond: '/portal/prove', text: 'portal.ways' },
      { href: '/portal/sessions', text: 'portal.sessions' },
    ],
  },
];

/** Where one is in the self-service, and where one can go. */
export function PortalNavigation({ page }: { readonly page: Page }): VNode {
  const { language, path } = page;
  const here = AREAS.find((area) => [area, ...area.places].some((place) => isIn(path, place)));
  return (
    <>
      <nav aria-label={text(language, 'portal.navigation')} class="govuk-service-navigation__wrapper">
        <ul class="govuk-service-navigation__list">
          {AREAS.map((area) => (
            <li
              key={area.href}
              class={`govuk-service-navigation__item${area === here ? ' govuk-service-navigation__item--active' : ''}`}
            >
              <PlaceLink page={page} place={area} isArea={area === here} />
            </li>
          ))}
        </ul>
      </nav>
      {here === undefined || here.places.length === 0 ? null : (
        <nav aria-label={text(language, here.text)} class="mandaat-places">
          <ul class="mandaat-places__list">
            {here.places.map((place) => (
              <li key={place.href} class={isIn(path, place) ? 'mandaat-places__here' : undefined}>
                <PlaceLink page={page} place={place} isArea={isIn(path, place)} />
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}

interface PlaceLinkProps {
  readonly page: Page;
  readonly place: Place;
  /** The page that is shown is somewhere in it. */
  readonly isArea: boolean;
}

function PlaceLink({ page, place, isArea }: PlaceLinkProps): VNode {
  const current = place.href === page.path ? 'page' : isArea ? 'true' : undefined;
  return (
    <a class="govuk-service-navigation__link" href={place.href} aria-current={current}>
      {text(page.language, place.text)}
    </a>
  );
}

function isIn(path: string, { href, beyond }: Place): boolean {
  return isAt(path, href) || (beyond !== undefined && isAt(path, beyond));
}

function isAt(path: string, href: string): boolean {
  return path === href || (href !== '/portal' && path.startsWith(`${href}/`));
}
