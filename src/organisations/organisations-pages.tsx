import type { VNode } from 'preact';

import type { ActivityEntry } from '../activity/activity.service.ts';
import { errorOf, type FieldFault, inWords, PassOn, PeriodInputs, ScopeBoxes } from '../my-mandates/granting-pages.tsx';
import type { ShownCode } from '../mandates/acceptance.service.ts';
import type { Typed } from '../my-mandates/granting-form.ts';
import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import { lastDayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { boxOf, Button, Checkboxes, ErrorSummary, SummaryList, TextInput } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { Organisation } from './organisations.service.ts';

export interface OrganisationsPageProps {
  readonly page: Page;
  readonly organisations: readonly Organisation[];
}

/** For whom the reader speaks. */
export function OrganisationsPage({ page, organisations }: OrganisationsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'organisations.title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'organisations.intro')}</p>
      {organisations.length === 0 ? <p class="govuk-body">{text(language, 'organisations.none')}</p> : null}
      <ul class="govuk-list">
        {organisations.map((one) => (
          <li key={one.id}>
            <a class="govuk-link" href={`/portal/organisations/${one.id}`}>
              {nameOf(one, language)}
            </a>
            <div class="govuk-hint">{text(language, `organisation.rule_${one.rule}`)}</div>
          </li>
        ))}
      </ul>
    </PortalLayout>
  );
}

export interface OrganisationPageProps {
  readonly page: Page;
  readonly organisation: Organisation;
  readonly mandates: readonly OwnMandate[];
  readonly entries: readonly ActivityEntry[];
  /** What was done just now. */
  readonly news?: TextKey;
}

/** One of them: what the reader may do for it, whom it gave mandates, and what happened. */
export function OrganisationPage({ page, organisation, mandates, entries, news }: OrganisationPageProps): VNode {
  const { language } = page;
  const title = text(language, 'organisation.title', { name: nameOf(organisation, language) });
  return (
    <PortalLayout page={page} title={title}>
      {news === undefined ? null : (
        <div class="govuk-inset-text" role="status">
          {text(language, news)}
        </div>
      )}
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, `organisation.rule_${organisation.rule}`)}</p>
      <SummaryList
        rows={[
          {
            key: text(language, 'organisation.may'),
            value: organisation.scopes.map((scope) => scope.title).join(', '),
          },
          { key: text(language, 'organisation.contracts'), value: organisation.contracts.join(', ') },
        ]}
      />
      <h2 class="govuk-heading-m">{text(language, 'organisation.mandates')}</h2>
      {mandates.length === 0 ? <p class="govuk-body">{text(language, 'mandates.none')}</p> : null}
      {mandates.map((own) => (
        <OneMandate key={own.mandate.id} page={page} organisation={organisation} own={own} />
      ))}
      <p class="govuk-body">
        <a class="govuk-button" href={`/portal/organisations/${organisation.id}/new`}>
          {text(language, 'organisation.give')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{text(language, 'organisation.activity')}</h2>
      <ul class="govuk-list govuk-list--bullet">
        {entries.map(({ id, at, sentence }) => (
          <li key={id}>{`${momentOf(at, language)}: ${sentence}`}</li>
        ))}
      </ul>
    </PortalLayout>
  );
}

interface OneMandateProps {
  readonly page: Page;
  readonly organisation: Organisation;
  readonly own: OwnMandate;
}

function OneMandate({ page, organisation, own: { mandate, proxy, scopes } }: OneMandateProps): VNode {
  const { language } = page;
  const name = proxy ?? text(language, 'mandates.nobody');
  return (
    <section>
      <h3 class="govuk-heading-s">{name}</h3>
      <SummaryList
        rows={[
          { key: text(language, 'mandate.what'), value: scopes.map(({ title }) => title).join(', ') },
          { key: text(language, 'mandate.contracts'), value: mandate.contracts.map(({ ref }) => ref).join(', ') },
          { key: text(language, 'mandate.until'), value: lastDayOf(new Date(mandate.endsAt), language) },
          { key: text(language, 'organisation.state'), value: text(language, `state.${mandate.state}`) },
          ...(mandate.contactRule === null
            ? []
            : [
                {
                  key: text(language, 'organisation.contact'),
                  value: text(language, `organisation.contact_${mandate.contactRule}`),
                },
              ]),
        ]}
      />
      {mandate.state === 'pending_acceptance' ? (
        <p class="govuk-body">
          <a class="govuk-link" href={`/portal/organisations/${organisation.id}/mandates/${mandate.id}/code`}>
            {text(language, 'organisation.code', { name })}
          </a>
        </p>
      ) : null}
      <Form page={page} action={`/portal/organisations/${organisation.id}/mandates/${mandate.id}/withdrawal`}>
        <Button kind="secondary">{text(language, 'organisation.withdraw', { name })}</Button>
      </Form>
    </section>
  );
}

export interface OrganisationCodePageProps {
  readonly page: Page;
  readonly organisation: Organisation;
  /** Of who gets the mandate; null once they were erased. */
  readonly name: string | null;
  readonly shown: ShownCode;
}

/** The code that whoever speaks for it passes on. */
export function OrganisationCodePage({ page, organisation, name, shown }: OrganisationCodePageProps): VNode {
  const { language } = page;
  const title = text(language, 'grant.done_title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <PassOn language={language} name={name} shown={shown} />
      <p class="govuk-body">
        <a class="govuk-link" href={`/portal/organisations/${organisation.id}`}>
          {text(language, 'organisation.back')}
        </a>
      </p>
    </PortalLayout>
  );
}

export interface GiveForPageProps {
  readonly page: Page;
  readonly organisation: Organisation;
  readonly typed: Typed;
  readonly chosenScopes: readonly string[];
  readonly chosenContracts: readonly string[];
  readonly faults: readonly FieldFault[];
  readonly fault?: TextKey;
}

/** Giving a mandate in its name: of no more than the reader may do themselves. */
export function GiveForPage(props: GiveForPageProps): VNode {
  const { page, organisation, typed, chosenScopes, chosenContracts, faults, fault } = props;
  const { language, sender } = page;
  const title = text(language, 'organisation.give_title', { name: nameOf(organisation, language) });
  const own = fault === undefined ? [] : [{ text: text(language, fault, { phone: sender.phone }) }];
  const errors = [...inWords(faults, language), ...own];
  const here = `/portal/organisations/${organisation.id}`;
  return (
    <PortalLayout page={page} title={title} hasErrors={errors.length > 0} ownPath={`${here}/new`}>
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, `organisation.give_${organisation.rule}`)}</p>
      <Form page={page} action={`${here}/mandates`}>
        <TextInput
          language={language}
          name="name"
          label={text(language, 'grant.name')}
          hint={text(language, 'grant.name_hint')}
          value={typed['name'] ?? ''}
          autocomplete="off"
          error={errorOf(errors, 'name')}
        />
        <TextInput
          language={language}
          name="contact"
          label={text(language, 'grant.contact')}
          hint={text(language, 'grant.contact_hint')}
          value={typed['contact'] ?? ''}
          autocomplete="off"
          error={errorOf(errors, 'contact')}
        />
        <ScopeBoxes
          language={language}
          offered={organisation.scopes}
          chosen={chosenScopes}
          error={errorOf(errors, 'scope')}
        />
        <Checkboxes
          language={language}
          id="contract"
          legend={text(language, 'grant.contracts_legend')}
          chosen={chosenContracts.map((ref) => boxOf('contract', ref))}
          error={errorOf(errors, 'contract')}
          options={organisation.contracts.map((ref) => ({
            name: boxOf('contract', ref),
            label: text(language, 'grant.contract', { ref }),
          }))}
        />
        <PeriodInputs language={language} startsAt={null} endsAt={typed['ends_at'] ?? ''} errors={errors} />
        <Button>{text(language, 'organisation.give')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={here}>
          {text(language, 'organisation.back')}
        </a>
      </p>
    </PortalLayout>
  );
}

function nameOf({ name }: Organisation, language: Language): string {
  return name ?? text(language, 'mandates.nobody');
}
