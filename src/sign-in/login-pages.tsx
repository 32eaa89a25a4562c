import type { VNode } from 'preact';

import type { Page } from '../pages/page.ts';
import { PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { LoginRefusal } from './login.service.ts';

export interface LoginRefusedPageProps {
  readonly page: Page;
  readonly why: LoginRefusal;
}

/** Why somebody who signed in elsewhere is not signed in here, and what they can do. */
export function LoginRefusedPage({ page, why }: LoginRefusedPageProps): VNode {
  const { language, sender, reader } = page;
  const title = text(language, `login.${why}_title`);
  return (
    <PortalLayout page={page} title={title} ownPath={reader === null ? '/portal/sign-in' : '/portal'}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">
        {text(language, `login.${why}_text`, { organisation: sender.name, phone: sender.phone })}
      </p>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/sign-in">
          {text(language, 'login.again')}
        </a>
      </p>
    </PortalLayout>
  );
}
