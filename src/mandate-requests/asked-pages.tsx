import type { VNode } from 'preact';

import { ScopesInWords } from '../my-mandates/granting-pages.tsx';
import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import { dayOf, lastDayOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary, SummaryList } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';

export interface AskedPageProps {
  readonly page: Page;
  readonly asked: readonly OwnMandate[];
}

/** What waits for the reader's yes or no. */
export function AskedPage({ page, asked }: AskedPageProps): VNode {
  const { language } = page;
  const title = text(language, 'asked.title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, asked.length === 0 ? 'asked.none' : 'asked.intro')}</p>
      {asked.map((own) => (
        <section key={own.mandate.id}>
          <h2 class="govuk-heading-m">{askerOf(own, language)}</h2>
          <p class="govuk-body">{own.scopes.map((scope) => scope.title).join(', ')}</p>
          <p class="govuk-body">
            <a class="govuk-link" href={`/portal/asked/${own.mandate.id}`}>
              {text(language, 'asked.answer')}
              <span class="govuk-visually-hidden"> {`${askerOf(own, language)}, ${own.mandate.ref}`}</span>
            </a>
          </p>
        </section>
      ))}
    </PortalLayout>
  );
}

export interface AskedOnePageProps {
  readonly page: Page;
  readonly own: OwnMandate;
  /** Why no code was sent. */
  readonly fault?: TextKey;
}

/** Who asks what; yes, no, or no and never again. */
export function AskedOnePage({ page, own, fault }: AskedOnePageProps): VNode {
  const { language, sender } = page;
  const { mandate, scopes } = own;
  const proxy = askerOf(own, language);
  const title = text(language, 'asked.one_title', { proxy });
  const path = `/portal/asked/${mandate.id}`;
  const errors = fault === undefined ? [] : [{ text: text(language, fault, { phone: sender.phone }) }];
  return (
    <PortalLayout page={page} title={title} hasErrors={errors.length > 0} ownPath={path}>
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      <SummaryList
        rows={[
          { key: text(language, 'mandate.what'), value: <ScopesInWords language={language} scopes={scopes} /> },
          { key: text(language, 'mandate.contracts'), value: mandate.contracts.map(({ ref }) => ref).join(', ') },
          { key: text(language, 'mandate.from'), value: dayOf(new Date(mandate.startsAt), language) },
          { key: text(language, 'mandate.until'), value: lastDayOf(new Date(mandate.endsAt), language) },
        ]}
      />
      <p class="govuk-body">{text(language, 'asked.yes_text', { proxy })}</p>
      <Form page={page} action={`${path}/approve`}>
        <Button>{text(language, 'asked.yes')}</Button>
      </Form>
      <h2 class="govuk-heading-m">{text(language, 'asked.no_title')}</h2>
      <p class="govuk-body">{text(language, 'asked.no_text', { proxy })}</p>
      <p class="govuk-body">{text(language, 'asked.never_text')}</p>
      <Form page={page} action={`${path}/decline`}>
        <div class="govuk-button-group">
          <Button kind="secondary">{text(language, 'asked.no')}</Button>
          <Button kind="warning" name="block" value="yes">
            {text(language, 'asked.never')}
          </Button>
        </div>
      </Form>
    </PortalLayout>
  );
}

function askerOf({ proxy }: OwnMandate, language: Language): string {
  return proxy ?? text(language, 'asked.somebody');
}
