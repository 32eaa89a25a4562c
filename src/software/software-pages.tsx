import type { VNode } from 'preact';

import { errorOf, type FieldFault, inWords, PeriodInputs, ScopeBoxes } from '../my-mandates/granting-pages.tsx';
import type { Typed } from '../my-mandates/granting-form.ts';
import type { OfferedScope } from '../my-mandates/granting.service.ts';
import { dayOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { boxOf, Button, Checkboxes, ErrorSummary, Radios, SummaryList, TextInput } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import { CEILINGS, type Declared, type Software } from './software.service.ts';

export interface SoftwarePageProps {
  readonly page: Page;
  readonly software: readonly Software[];
  /** One was put out of use just now. */
  readonly isRevoked: boolean;
}

/** What calls for the reader and is no human being. */
export function SoftwarePage({ page, software, isRevoked }: SoftwarePageProps): VNode {
  const { language } = page;
  const title = text(language, 'software.title');
  return (
    <PortalLayout page={page} title={title}>
      {isRevoked ? (
        <div class="govuk-inset-text" role="status">
          {text(language, 'software.revoked')}
        </div>
      ) : null}
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'software.intro')}</p>
      {software.length === 0 ? <p class="govuk-body">{text(language, 'software.none')}</p> : null}
      {software.map((one) => (
        <OneSoftware key={one.id} page={page} software={one} />
      ))}
      <p class="govuk-body">
        <a class="govuk-button" href="/portal/software/new">
          {text(language, 'software.declare')}
        </a>
      </p>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/mandates">
          {text(language, 'software.mandates')}
        </a>
      </p>
    </PortalLayout>
  );
}

function OneSoftware({ page, software }: { readonly page: Page; readonly software: Software }): VNode {
  const { language } = page;
  const name = software.name ?? text(language, 'mandates.nobody');
  return (
    <section>
      <h2 class="govuk-heading-m">{name}</h2>
      <SummaryList
        rows={[
          { key: text(language, 'software.operator'), value: software.operator.value },
          { key: text(language, 'software.ceiling'), value: text(language, `software.ceiling_${ceilingOf(software)}`) },
          { key: text(language, 'software.since'), value: dayOf(software.declaredAt, language) },
        ]}
      />
      <Form page={page} action={`/portal/software/${software.id}/revocation`}>
        <Button kind="secondary">{text(language, 'software.revoke', { name })}</Button>
      </Form>
    </section>
  );
}

function ceilingOf({ ceiling }: Pick<Software, 'ceiling'>): 1 | 2 | 3 {
  return CEILINGS.find((one) => one === ceiling) ?? 1;
}

export interface DeclareSoftwarePageProps {
  readonly page: Page;
  readonly typed: Typed;
  readonly chosenScopes: readonly string[];
  readonly chosenContracts: readonly string[];
  readonly offered: readonly OfferedScope[];
  readonly contracts: readonly string[];
  readonly faults: readonly FieldFault[];
  readonly fault?: TextKey;
}

/** Name, who is behind it, how far its word counts, and what it may do. */
export function DeclareSoftwarePage(props: DeclareSoftwarePageProps): VNode {
  const { page, typed, chosenScopes, chosenContracts, offered, contracts, faults, fault } = props;
  const { language, sender } = page;
  const title = text(language, 'software.new_title');
  const own = fault === undefined ? [] : [{ text: text(language, fault, { phone: sender.phone }) }];
  const errors = [...inWords(faults, language), ...own];
  return (
    <PortalLayout page={page} title={title} hasErrors={errors.length > 0} ownPath="/portal/software/new">
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'software.new_intro')}</p>
      <Form page={page} action="/portal/software">
        <TextInput
          language={language}
          name="name"
          label={text(language, 'software.name')}
          value={typed['name'] ?? ''}
          autocomplete="off"
          error={errorOf(errors, 'name')}
        />
        <TextInput
          language={language}
          name="contact"
          label={text(language, 'software.contact')}
          hint={text(language, 'software.contact_hint')}
          value={typed['contact'] ?? ''}
          autocomplete="off"
          error={errorOf(errors, 'contact')}
        />
        <Radios
          name="ceiling"
          legend={text(language, 'software.ceiling_legend')}
          chosen={typed['ceiling'] ?? null}
          options={CEILINGS.map((one) => ({
            value: String(one),
            label: text(language, `software.ceiling_${one}`),
            hint: text(language, `software.ceiling_${one}_hint`),
          }))}
        />
        <ScopeBoxes language={language} offered={offered} chosen={chosenScopes} error={errorOf(errors, 'scope')} />
        <Checkboxes
          language={language}
          id="contract"
          legend={text(language, 'grant.contracts_legend')}
          chosen={chosenContracts.map((ref) => boxOf('contract', ref))}
          error={errorOf(errors, 'contract')}
          options={contracts.map((ref) => ({
            name: boxOf('contract', ref),
            label: text(language, 'grant.contract', { ref }),
          }))}
        />
        <PeriodInputs language={language} startsAt={null} endsAt={typed['ends_at'] ?? ''} errors={errors} />
        <Button>{text(language, 'software.declare')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/software">
          {text(language, 'software.back')}
        </a>
      </p>
    </PortalLayout>
  );
}

export interface SoftwareDeclaredPageProps {
  readonly page: Page;
  readonly declared: Declared;
}

/** The secret, this once; and the code that is still wanted, if it is. */
export function SoftwareDeclaredPage({ page, declared }: SoftwareDeclaredPageProps): VNode {
  const { language } = page;
  const { software, secret, granted } = declared;
  const title = text(language, 'software.done_title');
  const name = software.name ?? text(language, 'mandates.nobody');
  return (
    <PortalLayout page={page} title={title} ownPath="/portal/software">
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'software.secret', { name })}</p>
      <p class="govuk-body">
        <code class="mandaat-code">{secret.match(/.{1,4}/g)?.join(' ')}</code>
      </p>
      <p class="govuk-body">{text(language, 'software.secret_once')}</p>
      <p class="govuk-body">{text(language, 'software.says_so')}</p>
      <p class="govuk-body">
        <a class="govuk-button" href={`/portal/mandates/${granted.mandate.id}${granted.code === null ? '' : '/code'}`}>
          {text(language, granted.code === null ? 'software.to_mandate' : 'software.to_code')}
        </a>
      </p>
    </PortalLayout>
  );
}
