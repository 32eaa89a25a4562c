import type { VNode } from 'preact';

import type { Page } from '../pages/page.ts';
import { text } from '../pages/text.ts';
import { DeskLayout } from './desk-layout.tsx';
import { DESK, DESK_SIGN_IN } from './desk-paths.ts';
import type { DeskRefusal } from './desk-sign-in.service.ts';

export interface DeskSignInPageProps {
  readonly page: Page;
  readonly back: string | null;
  readonly isConfigured: boolean;
  /** It stands in a frame, as far as the browser says. */
  readonly isFramed: boolean;
  /** Somebody has just signed out. */
  readonly isOut: boolean;
}

export function DeskSignInPage({ page, back, isConfigured, isFramed, isOut }: DeskSignInPageProps): VNode {
  const { language } = page;
  const title = text(language, 'desk.sign_in_title');
  const query = new URLSearchParams({
    ...(back === null ? {} : { back }),
    ...(isOut ? { anew: 'yes' } : {}),
  }).toString();
  const start = `${DESK_SIGN_IN}/start${query === '' ? '' : `?${query}`}`;
  return (
    <DeskLayout page={page} title={title}>
      <div class="desk-card desk-card--narrow">
        <h1 class="desk-title">{title}</h1>
        {isOut ? <p role="status">{text(language, 'desk.signed_out')}</p> : null}
        {isConfigured ? (
          <>
            <p>{text(language, isFramed ? 'desk.sign_in_framed' : 'desk.sign_in_intro')}</p>
            <p class="desk-buttons">
              <a class="govuk-button" href={start} {...(isFramed ? { target: '_blank' } : {})}>
                {text(language, isFramed ? 'desk.sign_in_window' : 'desk.sign_in')}
              </a>
              {isFramed ? (
                <a class="govuk-link" href={back ?? DESK}>
                  {text(language, 'desk.load_again')}
                </a>
              ) : null}
            </p>
          </>
        ) : (
          <p>{text(language, 'desk.no_provider')}</p>
        )}
      </div>
    </DeskLayout>
  );
}

/** Why somebody who signed in elsewhere is not let in here, and what they can do. */
export function DeskRefusedPage({ page, why }: { readonly page: Page; readonly why: DeskRefusal }): VNode {
  const { language } = page;
  const title = text(language, `desk.refused.${why}_title`);
  return (
    <DeskLayout page={page} title={title} ownPath={DESK_SIGN_IN}>
      <div class="desk-card desk-card--narrow">
        <h1 class="desk-title">{title}</h1>
        <p>{text(language, `desk.refused.${why}_text`)}</p>
        <p>
          <a class="govuk-link" href={`${DESK_SIGN_IN}/start?anew=yes`}>
            {text(language, 'desk.again')}
          </a>
        </p>
      </div>
    </DeskLayout>
  );
}
