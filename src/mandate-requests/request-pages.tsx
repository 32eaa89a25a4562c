import type { VNode } from 'preact';

import type { OfferedScope } from '../my-mandates/granting.service.ts';
import { dayOf, lastDayOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import {
  Button,
  boxOf,
  Checkboxes,
  chosenOf,
  DateInput,
  ErrorSummary,
  SummaryList,
  TextInput,
} from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { MandateRequest } from './mandate-request.ts';
import type { RequestFault, TypedRequest } from './request-form.ts';

export interface RequestsPageProps {
  readonly page: Page;
  readonly requests: readonly MandateRequest[];
  readonly offered: readonly OfferedScope[];
}

/** What the reader asked for, and how that stands. */
export function RequestsPage({ page, requests, offered }: RequestsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'requests.title');
  const titleOf = (name: string): string => offered.find((scope) => scope.name === name)?.title ?? name;
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">
        <a class="govuk-button" href="/portal/requests/new">
          {text(language, 'requests.new')}
        </a>
      </p>
      {requests.length > 0 ? null : <p class="govuk-body">{text(language, 'requests.none')}</p>}
      {requests.map(({ id, asked, state, askedAt, expiresAt, mandateId }) => (
        <section key={id}>
          <h2 class="govuk-heading-m">{text(language, 'requests.asked_on', { day: dayOf(askedAt, language) })}</h2>
          <SummaryList
            rows={[
              {
                key: text(language, 'held.state'),
                value: text(language, `requests.state.${state}`, { day: lastDayOf(expiresAt, language) }),
              },
              {
                key: text(language, 'requests.holder'),
                value: asked.holder ?? text(language, 'requests.unnamed'),
              },
              { key: text(language, 'held.contracts'), value: asked.contracts.join(', ') },
              { key: text(language, 'held.what'), value: asked.scopes.map(titleOf).join(', ') },
            ]}
          />
          {mandateId === null ? null : (
            <p class="govuk-body">
              <a class="govuk-link" href={`/portal/held/${mandateId}`}>
                {text(language, 'held.look')}
              </a>
            </p>
          )}
        </section>
      ))}
    </PortalLayout>
  );
}

export interface RequestFormPageProps {
  readonly page: Page;
  readonly offered: readonly OfferedScope[];
  readonly typed?: TypedRequest;
  readonly faults?: readonly RequestFault[];
  readonly isBusy?: boolean;
}

/** Whom to ask, for what, until when: one screen. */
export function RequestFormPage(props: RequestFormPageProps): VNode {
  const { page, offered, typed = {}, faults = [], isBusy = false } = props;
  const { language } = page;
  const title = text(language, 'requests.new');
  const errorOf = (field: RequestFault['field']): string | undefined => {
    const fault = faults.find((one) => one.field === field);
    return fault === undefined ? undefined : text(language, fault.key);
  };
  const errors = [
    ...(isBusy ? [{ text: text(language, 'requests.busy') }] : []),
    ...faults.map(({ field, key }) => ({ text: text(language, key), field })),
  ];
  return (
    <PortalLayout page={page} title={title} hasErrors={errors.length > 0}>
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'requests.form_intro')}</p>
      <Form page={page} action="/portal/requests/new">
        <TextInput
          language={language}
          name="contracts"
          label={text(language, 'requests.contracts_label')}
          hint={text(language, 'requests.contracts_hint')}
          error={errorOf('contracts')}
          value={typed.contracts ?? ''}
          autocomplete="off"
        />
        <TextInput
          language={language}
          name="holder"
          label={text(language, 'requests.holder_label')}
          hint={text(language, 'requests.holder_hint')}
          error={errorOf('holder')}
          value={typed.holder ?? ''}
          autocomplete="off"
        />
        <Checkboxes
          language={language}
          id="scope"
          legend={text(language, 'requests.scopes_legend')}
          error={errorOf('scope')}
          chosen={chosenOf(typed, 'scope').map((name) => boxOf('scope', name))}
          options={offered.map((scope) => ({ name: boxOf('scope', scope.name), label: scope.title }))}
        />
        <DateInput
          language={language}
          name="ends_at"
          label={text(language, 'requests.until_label')}
          hint={text(language, 'requests.until_hint')}
          error={errorOf('ends_at')}
          value={typed.ends_at ?? ''}
        />
        <Button>{text(language, 'requests.send')}</Button>
      </Form>
    </PortalLayout>
  );
}
