import type { ComponentChildren, VNode } from 'preact';

import { dayOf, lastDayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import {
  Button,
  boxOf,
  Checkboxes,
  CodeInput,
  DateInput,
  ErrorSummary,
  Radios,
  SummaryList,
  TextInput,
} from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { ShownCode } from '../mandates/acceptance.service.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { GrantAnswers } from './grant-drafts.service.ts';
import type { OfferedScope } from './granting.service.ts';
import type { OwnMandate } from './my-mandates.service.ts';

/** What is wrong with one field. */
export interface FieldFault {
  readonly field: string;
  readonly key: TextKey;
}

interface StepProps {
  readonly page: Page;
  /** Null: no part of the steps of giving. */
  readonly step: number | null;
  readonly title: string;
  readonly errors: readonly { readonly text: string; readonly field?: string }[];
  readonly children: ComponentChildren;
}

/** One of the five screens. */
function Step({ page, step, title, errors, children }: StepProps): VNode {
  const { language } = page;
  return (
    <PortalLayout page={page} title={title} hasErrors={errors.length > 0}>
      <ErrorSummary language={language} errors={errors} />
      {step === null ? null : <span class="govuk-caption-l">{text(language, 'grant.step', { step })}</span>}
      <h1 class="govuk-heading-l">{title}</h1>
      {children}
    </PortalLayout>
  );
}

export interface WhoPageProps {
  readonly page: Page;
  readonly action: string;
  readonly name: string;
  readonly contact: string;
  readonly faults?: readonly FieldFault[];
}

export function WhoPage({ page, action, name, contact, faults = [] }: WhoPageProps): VNode {
  const { language } = page;
  const errors = inWords(faults, language);
  return (
    <Step page={page} step={1} title={text(language, 'grant.who_title')} errors={errors}>
      <p class="govuk-body">{text(language, 'grant.who_intro')}</p>
      <Form page={page} action={action}>
        <TextInput
          language={language}
          name="name"
          label={text(language, 'grant.name')}
          hint={text(language, 'grant.name_hint')}
          value={name}
          autocomplete="off"
          error={errorOf(errors, 'name')}
        />
        <TextInput
          language={language}
          name="contact"
          label={text(language, 'grant.contact')}
          hint={text(language, 'grant.contact_hint')}
          value={contact}
          autocomplete="off"
          error={errorOf(errors, 'contact')}
        />
        <Button>{text(language, 'grant.next')}</Button>
      </Form>
    </Step>
  );
}

export interface WhatPageProps {
  readonly page: Page;
  readonly action: string;
  readonly answers: GrantAnswers;
  readonly offered: readonly OfferedScope[];
  readonly faults?: readonly FieldFault[];
}

export function WhatPage({ page, action, answers, offered, faults = [] }: WhatPageProps): VNode {
  const { language } = page;
  const { proxy, scopes, mayPassOn = false, isWhilePartner = false, parentId } = answers;
  const errors = inWords(faults, language);
  return (
    <Step page={page} step={2} title={text(language, 'grant.what_title', { name: proxy.name })} errors={errors}>
      <Form page={page} action={action}>
        <ScopeBoxes language={language} offered={offered} chosen={scopes} error={errorOf(errors, 'scope')} />
        {parentId === undefined ? (
          <>
            <PartnerBox language={language} isChosen={isWhilePartner} />
            <PassOnBox language={language} isChosen={mayPassOn} />
          </>
        ) : null}
        <Button>{text(language, 'grant.next')}</Button>
      </Form>
    </Step>
  );
}

export interface ScopeBoxesProps {
  readonly language: Language;
  readonly offered: readonly OfferedScope[];
  readonly chosen: readonly string[];
  readonly error?: string | undefined;
}

/** Scopes, each with its fixed text and what it never includes. */
export function ScopeBoxes({ language, offered, chosen, error }: ScopeBoxesProps): VNode {
  return (
    <Checkboxes
      language={language}
      id="scope"
      legend={text(language, 'grant.what_legend')}
      chosen={chosen.map((name) => boxOf('scope', name))}
      error={error}
      options={offered.map((scope) => ({
        name: boxOf('scope', scope.name),
        label: scope.title,
        hint: `${scope.text ?? ''}\n${text(language, 'mandate.never')}: ${scope.excludes ?? ''}`,
      }))}
    />
  );
}

export interface BoxProps {
  readonly language: Language;
  readonly isChosen: boolean;
}

/** Whether it holds for as long as the two are partners. */
function PartnerBox({ language, isChosen }: BoxProps): VNode {
  const name = boxOf('partner', 'yes');
  return (
    <Checkboxes
      language={language}
      id="partner"
      legend={text(language, 'partner.question')}
      chosen={isChosen ? [name] : []}
      options={[{ name, label: text(language, 'partner.yes'), hint: text(language, 'partner.hint') }]}
    />
  );
}

/** Whether the proxy may have somebody else do it. */
export function PassOnBox({ language, isChosen }: BoxProps): VNode {
  const name = boxOf('pass_on', 'yes');
  return (
    <Checkboxes
      language={language}
      id="pass_on"
      legend={text(language, 'pass_on.question')}
      chosen={isChosen ? [name] : []}
      options={[{ name, label: text(language, 'pass_on.yes'), hint: text(language, 'pass_on.hint') }]}
    />
  );
}

export interface WhenPageProps {
  readonly page: Page;
  readonly action: string;
  readonly contracts: readonly string[];
  readonly chosen: readonly string[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly faults?: readonly FieldFault[];
}

export function WhenPage({ page, action, contracts, chosen, startsAt, endsAt, faults = [] }: WhenPageProps): VNode {
  const { language, sender } = page;
  const errors = inWords(faults, language);
  const title = text(language, 'grant.when_title');
  if (contracts.length === 0) {
    return (
      <Step page={page} step={3} title={title} errors={[]}>
        <p class="govuk-body">{text(language, 'grant.no_contracts', { phone: sender.phone })}</p>
      </Step>
    );
  }
  return (
    <Step page={page} step={3} title={title} errors={errors}>
      <Form page={page} action={action}>
        <Checkboxes
          language={language}
          id="contract"
          legend={text(language, 'grant.contracts_legend')}
          chosen={chosen.map((ref) => boxOf('contract', ref))}
          error={errorOf(errors, 'contract')}
          options={contracts.map((ref) => ({
            name: boxOf('contract', ref),
            label: text(language, 'grant.contract', { ref }),
          }))}
        />
        <PeriodInputs language={language} startsAt={startsAt} endsAt={endsAt} errors={errors} />
        <Button>{text(language, 'grant.next')}</Button>
      </Form>
    </Step>
  );
}

export interface PeriodInputsProps {
  readonly language: Language;
  /** Null: the beginning stays as it is. */
  readonly startsAt: string | null;
  readonly endsAt: string;
  readonly errors: readonly { readonly text: string; readonly field?: string }[];
}

export function PeriodInputs({ language, startsAt, endsAt, errors }: PeriodInputsProps): VNode {
  return (
    <>
      {startsAt === null ? null : (
        <DateInput
          language={language}
          name="starts_at"
          label={text(language, 'grant.from')}
          hint={text(language, 'grant.from_hint')}
          value={startsAt}
          error={errorOf(errors, 'starts_at')}
        />
      )}
      <DateInput
        language={language}
        name="ends_at"
        label={text(language, 'grant.until')}
        hint={text(language, 'grant.until_hint')}
        value={endsAt}
        error={errorOf(errors, 'ends_at')}
      />
    </>
  );
}

export interface CheckPageProps {
  readonly page: Page;
  /** Of this draft's screens. */
  readonly base: string;
  readonly answers: GrantAnswers;
  /** For whom, where the reader passes a mandate on; else null. */
  readonly holder: string | null;
  readonly scopes: readonly OfferedScope[];
  readonly period: { readonly startsAt: Date; readonly endsAt: Date };
  /** Whether the session is proof enough; else a code goes out. */
  readonly isApproval: boolean;
  readonly route: string;
  readonly fault?: TextKey;
}

/** Everything in plain words, with a way back to each answer. */
export function CheckPage(props: CheckPageProps): VNode {
  const { page, base, answers, holder, scopes, period, isApproval, route, fault } = props;
  const { language, sender } = page;
  const { name, value } = answers.proxy;
  const edit = (href: string, what: TextKey): VNode => (
    <a class="govuk-link" href={href}>
      {text(language, 'grant.edit')} <span class="govuk-visually-hidden">({text(language, what)})</span>
    </a>
  );
  const row = (what: TextKey, content: ComponentChildren, step: string) => ({
    key: text(language, what),
    value: (
      <>
        <div>{content}</div>
        {edit(`${base}/${step}`, what)}
      </>
    ),
  });
  const errors = fault === undefined ? [] : [{ text: text(language, fault, { phone: sender.phone }) }];
  return (
    <Step page={page} step={4} title={text(language, 'grant.check_title')} errors={errors}>
      <p class="govuk-body">
        {holder === null
          ? text(language, 'grant.check_text', { name })
          : text(language, 'pass_on.check_text', { name, holder })}
      </p>
      <SummaryList
        rows={[
          row('mandate.who', name, 'who'),
          row('mandate.contact', value, 'who'),
          row('mandate.what', <ScopesInWords language={language} scopes={scopes} />, 'what'),
          ...(answers.isWhilePartner === true ? [row('partner.row', text(language, 'partner.told'), 'what')] : []),
          ...(holder === null
            ? [
                row(
                  'pass_on.may',
                  text(language, answers.mayPassOn === true ? 'pass_on.allowed' : 'pass_on.not'),
                  'what',
                ),
              ]
            : []),
          row('mandate.contracts', answers.contracts.join(', '), 'when'),
          row('mandate.from', dayOf(period.startsAt, language), 'when'),
          row('mandate.until', lastDayOf(period.endsAt, language), 'when'),
        ]}
      />
      <Form page={page} action={`${base}/check`}>
        {isApproval ? null : (
          <Radios
            name="route"
            legend={text(language, 'grant.how')}
            chosen={route}
            options={[
              { value: 'sms', label: text(language, 'grant.how_sms') },
              { value: 'voice', label: text(language, 'grant.how_voice') },
              {
                value: 'letter',
                label: text(language, 'grant.how_letter'),
                hint: text(language, 'grant.how_letter_hint'),
              },
            ]}
          />
        )}
        <Button>{text(language, isApproval ? 'grant.approve' : 'grant.send')}</Button>
      </Form>
    </Step>
  );
}

interface ScopesInWordsProps {
  readonly language: Language;
  readonly scopes: OwnMandate['scopes'];
}

/** What the scopes let somebody do, and what they never include. */
export function ScopesInWords({ language, scopes }: ScopesInWordsProps): VNode {
  return (
    <ul class="govuk-list">
      {scopes.map(({ title, text: words, excludes }) => (
        <li key={title}>
          <strong>{title}</strong>
          {words === null ? null : <div>{words}</div>}
          {excludes === null ? null : <div class="govuk-hint">{`${text(language, 'mandate.never')}: ${excludes}`}</div>}
        </li>
      ))}
    </ul>
  );
}

export interface ConfirmPageProps {
  readonly page: Page;
  readonly own: OwnMandate;
  /** Whether a code was sent that still works; else they ask for a new one. */
  readonly isAsked: boolean;
  readonly fault?: { readonly is: 'empty' | 'over' } | { readonly is: 'wrong'; readonly triesLeft: number };
}

/** The last screen, until the code was typed: nothing counts yet. The same for a change that makes a mandate more. */
export function ConfirmPage({ page, own, isAsked, fault }: ConfirmPageProps): VNode {
  const { language } = page;
  const error = fault === undefined ? undefined : confirmFault(fault, language);
  const base = `/portal/mandates/${own.mandate.id}`;
  const name = own.proxy ?? text(language, 'mandates.nobody');
  const isGrant = own.mandate.state === 'draft';
  return (
    <Step
      page={page}
      step={isGrant ? 5 : null}
      title={text(language, isGrant ? 'grant.code_title' : 'change.code_title')}
      errors={error === undefined ? [] : [{ text: error, ...(isAsked ? { field: 'code' } : {}) }]}
    >
      {!isAsked ? null : (
        <>
          <p class="govuk-body">{text(language, isGrant ? 'grant.code_sent' : 'change.code_sent', { name })}</p>
          <Form page={page} action={`${base}/confirm`}>
            <CodeInput
              language={language}
              label={text(language, 'grant.code')}
              hint={text(language, 'grant.code_hint')}
              digits={10}
              {...(error === undefined ? {} : { error })}
            />
            <Button>{text(language, 'grant.code_button')}</Button>
          </Form>
        </>
      )}
      {isAsked || isGrant ? (
        <Form page={page} action={`${base}/code`}>
          <Button kind={isAsked ? 'secondary' : 'primary'}>{text(language, 'grant.code_new')}</Button>
        </Form>
      ) : (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/change`}>
            {text(language, 'mandate.change')}
          </a>
        </p>
      )}
    </Step>
  );
}

export interface DonePageProps {
  readonly page: Page;
  readonly own: OwnMandate;
  readonly shown: ShownCode;
}

/** The code that the holder passes on. */
export function DonePage({ page, own, shown }: DonePageProps): VNode {
  const { language } = page;
  return (
    <Step page={page} step={5} title={text(language, 'grant.done_title')} errors={[]}>
      <PassOn language={language} name={own.proxy} shown={shown} />
      <p class="govuk-body">
        <a class="govuk-link" href={`/portal/mandates/${own.mandate.id}`}>
          {text(language, 'grant.done_next')}
        </a>
      </p>
    </Step>
  );
}

export interface PassOnProps {
  readonly language: Language;
  /** Of who gets the mandate; null once they were erased. */
  readonly name: string | null;
  readonly shown: ShownCode;
}

/** The code, to whom it goes, and how. */
export function PassOn({ language, name: known, shown }: PassOnProps): VNode {
  const name = known ?? text(language, 'mandates.nobody');
  return (
    <>
      <p class="govuk-body">{text(language, 'grant.done_code')}</p>
      <p class="govuk-heading-xl mandaat-code">{shown.code}</p>
      <p class="govuk-body">
        {text(language, 'grant.done_text', { name, until: momentOf(shown.expiresAt, language) })}
      </p>
      <p class="govuk-body">{text(language, 'grant.done_how', { name })}</p>
    </>
  );
}

function confirmFault(fault: NonNullable<ConfirmPageProps['fault']>, language: Language): string {
  switch (fault.is) {
    case 'empty':
      return text(language, 'grant.code_empty');
    case 'over':
      return text(language, 'grant.code_over');
    case 'wrong':
      return text(language, 'grant.code_wrong', { tries: fault.triesLeft });
  }
}

export function inWords(
  faults: readonly FieldFault[],
  language: Language,
): readonly { readonly text: string; readonly field: string }[] {
  return faults.map(({ field, key }) => ({ text: text(language, key), field }));
}

export function errorOf(
  errors: readonly { readonly text: string; readonly field?: string }[],
  field: string,
): string | undefined {
  return errors.find((error) => error.field === field)?.text;
}
