import type { ComponentChildren, VNode } from 'preact';

import { Layout } from './layout.tsx';
import type { Page } from './page.ts';
import { FORM_TOKEN } from './form-tokens.ts';
import type { Language } from '../policy/vocabulary.ts';
import { PortalNavigation } from './portal-navigation.tsx';
import { text } from './text.ts';

export interface PortalLayoutProps {
  readonly page: Page;
  readonly title: string;
  readonly hasErrors?: boolean;
  /** A page that answers a form has no address of its own: its language is switched on this one. */
  readonly ownPath?: string;
  readonly scripts?: readonly string[];
  readonly children: ComponentChildren;
}

/** Every page of the self-service: where one is, where one can go, and the way out. */
export function PortalLayout({ page, title, hasErrors, ownPath, scripts = [], children }: PortalLayoutProps): VNode {
  const { language, sender, path, reader } = page;
  const other = language === 'nl' ? 'en' : 'nl';
  return (
    <Layout
      language={language}
      title={`${title} – ${text(language, 'portal.name')}`}
      sender={sender}
      otherLanguageHref={`${ownPath ?? path}?lang=${other}`}
      {...(hasErrors === undefined ? {} : { hasErrors })}
      scripts={scripts}
      first={<Leave language={language} />}
      navigation={reader === null ? null : <ServiceNavigation page={page} />}
    >
      {children}
    </Layout>
  );
}

/** Away from here at once. Without the token of a form: nothing that could be too old may stand in the way. */
function Leave({ language }: { readonly language: Language }): VNode {
  return (
    <form method="post" action="/portal/leave" class="mandaat-leave">
      <div class="govuk-width-container">
        <button type="submit" class="mandaat-leave__button">
          {text(language, 'portal.leave')}
        </button>
      </div>
    </form>
  );
}

function ServiceNavigation({ page }: { readonly page: Page }): VNode {
  const { language, reader } = page;
  return (
    <div class="govuk-service-navigation">
      <div class="govuk-width-container">
        <div class="govuk-service-navigation__container">
          <PortalNavigation page={page} />
          <div class="mandaat-reader">
            {reader?.name === null || reader === null ? null : (
              <span>{text(language, 'portal.signed_in_as', { name: reader.name })}</span>
            )}
            <Form page={page} action="/portal/sign-out">
              <button type="submit" class="mandaat-link-button">
                {text(language, 'portal.sign_out')}
              </button>
            </Form>
          </div>
        </div>
      </div>
    </div>
  );
}

export interface FormProps {
  readonly page: Page;
  readonly action: string;
  readonly children: ComponentChildren;
}

/** A form that changes something: it carries the token without which nothing is changed. */
export function Form({ page, action, children }: FormProps): VNode {
  return (
    <form method="post" action={action} novalidate>
      <input type="hidden" name={FORM_TOKEN} value={page.formToken} />
      {children}
    </form>
  );
}
