import type { VNode } from 'preact';

import type { Page } from './page.ts';
import { PortalLayout } from './portal-layout.tsx';
import { text } from './text.ts';

/** What kind of fault, as somebody who looks at a page can do something about it. */
export type FaultKind = 'gone' | 'moved' | 'refused' | 'expired' | 'busy' | 'broken';

export interface FaultPageProps {
  readonly page: Page;
  readonly kind: FaultKind;
  readonly requestId: string;
}

/** What went wrong, what it means, and what to do: never a bare number. */
export function FaultPage({ page, kind, requestId }: FaultPageProps): VNode {
  const { language, sender } = page;
  const title = text(language, `fault.${kind}.title`);
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, `fault.${kind}.text`, { phone: sender.phone, requestId })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal">
          {text(language, 'fault.again')}
        </a>
      </p>
    </PortalLayout>
  );
}
