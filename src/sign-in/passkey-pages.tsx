import type { VNode } from 'preact';

import { withBack } from '../pages/own-path.ts';
import type { Page } from '../pages/page.ts';
import { ErrorSummary } from '../pages/parts.tsx';
import { PasskeyForm } from '../pages/passkey-form.tsx';
import { passkeyScripts } from '../pages/passkey-script.ts';
import { PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';

export interface ShowPasskeyPageProps {
  readonly page: Page;
  readonly title: TextKey;
  readonly options: object;
  readonly back: string | null;
  readonly isRefused: boolean;
  /** Where the answer goes. */
  readonly action: string;
  /** Where one can show in another way who one is. */
  readonly otherwise: string;
}

/** Showing a passkey: the browser does it, and asks for a finger, a face or a PIN. */
export function ShowPasskeyPage(props: ShowPasskeyPageProps): VNode {
  const { page, options, back, isRefused, action, otherwise } = props;
  const { language } = page;
  const title = text(language, props.title);
  return (
    <PortalLayout page={page} title={title} hasErrors={isRefused} ownPath={action} scripts={passkeyScripts}>
      <ErrorSummary language={language} errors={isRefused ? [{ text: text(language, 'passkey.refused') }] : []} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'passkey.show_intro')}</p>
      <PasskeyForm page={page} action={action} does="show" options={options}>
        {back === null ? null : <input type="hidden" name="back" value={back} />}
      </PasskeyForm>
      <p class="govuk-body">
        <a class="govuk-link" href={withBack(otherwise, back)}>
          {text(language, 'passkey.otherwise')}
        </a>
      </p>
    </PortalLayout>
  );
}
