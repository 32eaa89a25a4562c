import type { VNode } from 'preact';

import type { Organisation } from '../config/organisation.ts';
import type { ScopeInWords } from '../mandates/mandate-notices.ts';
import type { ActionOnMessage } from '../messages/template-values.ts';
import { Layout } from '../pages/layout.tsx';
import { Button, CodeInput, ErrorSummary, Panel, SummaryList } from '../pages/parts.tsx';
import { LOCALES, text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { CodeState, PagePurpose } from '../codes/code.ts';
import type { ConfirmationPageView, PageFault } from './confirmations.service.ts';

interface ConfirmationPageProps {
  readonly view: ConfirmationPageView;
  readonly sender: Organisation;
  /** Path of this page, without a query. */
  readonly path: string;
  readonly fault?: PageFault;
}

/** How it ended, in words. */
export interface Ending {
  readonly title: string;
  readonly text: string;
}

/** Everything that the holder says yes or no to, in full; or how it ended. */
export function ConfirmationPage({ view, sender, path, fault }: ConfirmationPageProps): VNode {
  const { language, state } = view;
  const other: Language = language === 'nl' ? 'en' : 'nl';
  const title =
    state === 'pending'
      ? text(language, `confirm.asked.${view.code.purpose}`)
      : endingOf(view.code.purpose, state, language).title;
  const isVerification = view.code.purpose === 'verification';
  // On a page that tells how it ended nothing is left to mend.
  const error = fault === undefined || state !== 'pending' ? undefined : faultText(fault, view);
  return (
    <Layout
      language={language}
      title={title}
      sender={sender}
      otherLanguageHref={`${path}?lang=${other}`}
      hasErrors={error !== undefined}
    >
      {state === 'pending' ? (
        <>
          <ErrorSummary language={language} errors={error === undefined ? [] : [{ text: error, field: 'code' }]} />
          <h1 class="govuk-heading-l">{title}</h1>
          <SummaryList rows={rowsOf(view)} />
          <p class="govuk-inset-text">
            {isVerification ? text(language, 'confirm.read_out') : text(language, 'confirm.never_ask')}
          </p>
          {isVerification ? null : (
            <form method="post" action={`${path}?lang=${language}`} novalidate>
              <CodeInput
                language={language}
                label={text(language, 'confirm.code')}
                hint={text(language, 'confirm.code_hint')}
                digits={view.code.digits}
                {...(error === undefined ? {} : { error })}
              />
              <Button>{text(language, 'confirm.yes')}</Button>
            </form>
          )}
          <h2 class="govuk-heading-m">
            {isVerification ? text(language, 'confirm.not_you_title') : text(language, 'confirm.no_title')}
          </h2>
          <p class="govuk-body">
            {isVerification ? text(language, 'confirm.not_you_text') : text(language, 'confirm.no_text')}
          </p>
          {view.canBlock ? <p class="govuk-body">{text(language, 'confirm.can_block')}</p> : null}
          <form method="post" action={`${path}/no?lang=${language}`} class="govuk-button-group">
            <Button kind="secondary" name="block" value="no">
              {text(language, 'confirm.no')}
            </Button>
            {view.canBlock ? (
              <Button kind="warning" name="block" value="yes">
                {text(language, 'confirm.no_and_block')}
              </Button>
            ) : null}
          </form>
        </>
      ) : (
        <Ended view={view} path={path} />
      )}
    </Layout>
  );
}

function Ended({ view, path }: { readonly view: ConfirmationPageView; readonly path: string }): VNode | null {
  if (view.state === 'pending') return null;
  const { language } = view;
  const ending = endingOf(view.code.purpose, view.state, language);
  return (
    <>
      <Panel title={ending.title}>{ending.text}</Panel>
      <SummaryList rows={rowsOf(view)} />
      {view.isBlocked ? <p class="govuk-body">{text(language, 'confirm.blocked')}</p> : null}
      {view.canBlock && !view.isBlocked ? (
        <form method="post" action={`${path}/no?lang=${view.language}`}>
          <p class="govuk-body">{text(language, 'confirm.block_text')}</p>
          <Button kind="warning" name="block" value="yes">
            {text(language, 'confirm.block')}
          </Button>
        </form>
      ) : null}
    </>
  );
}

/** The answer to a link that we did not make, or that a newer message replaced. */
export function GonePage({ sender, language }: { readonly sender: Organisation; readonly language: Language }): VNode {
  return (
    <Layout
      language={language}
      title={text(language, 'confirm.gone_title')}
      sender={sender}
      // Any link that we never made: this answer is the same for all of them.
      otherLanguageHref={`/c/none?lang=${language === 'nl' ? 'en' : 'nl'}`}
    >
      <h1 class="govuk-heading-l">{text(language, 'confirm.gone_title')}</h1>
      <p class="govuk-body">{text(language, 'confirm.gone_text')}</p>
    </Layout>
  );
}

/** What it is about, who asks, and until when. */
export function rowsOf(view: ConfirmationPageView): { key: string; value: VNode | string }[] {
  const { language } = view;
  const { caller, agent, mandate, actions, code } = view;
  const isVerification = code.purpose === 'verification';
  const who =
    caller.is === 'recipient' ? text(language, 'confirm.yourself') : (caller.name ?? text(language, 'confirm.unknown'));
  const until = new Intl.DateTimeFormat(LOCALES[view.language], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Amsterdam',
  }).format(code.expiresAt);
  return [
    ...(isVerification
      ? []
      : mandate === null
        ? [
            { key: text(language, 'confirm.what'), value: <Actions actions={actions} language={view.language} /> },
            { key: text(language, 'confirm.asks'), value: who },
            ...(caller.is === 'recipient' || caller.behalf === undefined
              ? []
              : [{ key: text(language, 'confirm.holder'), value: caller.behalf }]),
          ]
        : [
            { key: text(language, 'confirm.proxy'), value: mandate.proxy },
            ...(mandate.holder === null ? [] : [{ key: text(language, 'confirm.holder'), value: mandate.holder }]),
            {
              key: text(language, 'confirm.scopes'),
              value: <Scopes scopes={mandate.scopes} never={text(language, 'confirm.never')} />,
            },
            { key: text(language, 'confirm.contracts'), value: mandate.contracts.join(', ') },
            ...(mandate.mayPassOn
              ? [{ key: text(language, 'confirm.pass_on'), value: text(language, 'confirm.may_pass_on') }]
              : []),
            { key: text(language, 'confirm.starts'), value: day(mandate.startsAt, view.language) },
            // Periods are half-open: the last day is the one before the end.
            { key: text(language, 'confirm.ends'), value: day(new Date(mandate.endsAt.getTime() - 1), view.language) },
            { key: text(language, 'confirm.reference'), value: mandate.ref },
          ]),
    ...(agent === null ? [] : [{ key: text(language, 'confirm.agent'), value: `${agent.pseudonym} (${agent.role})` }]),
    { key: text(language, 'confirm.until'), value: until },
  ];
}

/** A code that says who somebody is was no question: its yes is only its use. */
export function endingOf(purpose: PagePurpose, state: Exclude<CodeState, 'pending'>, language: Language): Ending {
  const ending = purpose === 'verification' && state === 'approved' ? 'identified' : (`ended.${state}` as const);
  return { title: text(language, `confirm.${ending}.title`), text: text(language, `confirm.${ending}.text`) };
}

function Actions({
  actions,
  language,
}: {
  readonly actions: readonly ActionOnMessage[];
  readonly language: Language;
}): VNode {
  return (
    <ul class="govuk-list">
      {actions.map(({ title, properties }) => (
        <li key={title}>
          <strong>{title}</strong>
          {properties.map((property) => (
            <div key={property.title}>{`${property.title}: ${show(property.value, language)}`}</div>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** The fixed text of each: what it allows, and what it never does. */
function Scopes({ scopes, never }: { readonly scopes: readonly ScopeInWords[]; readonly never: string }): VNode {
  return (
    <ul class="govuk-list">
      {scopes.map(({ title, text: allowed, excludes }) => (
        <li key={title}>
          <strong>{title}</strong>
          {allowed === null ? null : <div>{allowed}</div>}
          {excludes === null ? null : <div>{`${never}: ${excludes}`}</div>}
        </li>
      ))}
    </ul>
  );
}

function day(at: Date, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone: 'Europe/Amsterdam' }).format(at);
}

function show(value: string | number | boolean, language: Language): string {
  if (typeof value === 'number') return new Intl.NumberFormat(language, { maximumFractionDigits: 20 }).format(value);
  if (typeof value === 'boolean') return text(language, `confirm.is.${value}`);
  return value;
}

export function faultText(fault: PageFault, { language, triesLeft }: ConfirmationPageView): string {
  return text(language, `confirm.${fault}`, { n: triesLeft });
}
