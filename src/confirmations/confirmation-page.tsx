import IntlMessageFormat from 'intl-messageformat';
import type { VNode } from 'preact';

import type { Organisation } from '../config/organisation.ts';
import type { ScopeInWords } from '../mandates/mandate-notices.ts';
import type { ActionOnMessage } from '../messages/template-values.ts';
import { Layout } from '../pages/layout.tsx';
import { Button, CodeInput, ErrorSummary, Panel, SummaryList } from '../pages/parts.tsx';
import type { Language } from '../policy/vocabulary.ts';
import type { CodeState, PagePurpose } from '../codes/code.ts';
import { confirmationTexts, type Ending } from './confirmation-texts.ts';
import type { ConfirmationPageView, PageFault } from './confirmations.service.ts';

interface ConfirmationPageProps {
  readonly view: ConfirmationPageView;
  readonly sender: Organisation;
  /** Path of this page, without a query. */
  readonly path: string;
  readonly fault?: PageFault;
}

/** As in the messages: the day before the month, and 24 hours. */
const LOCALES: Readonly<Record<Language, string>> = { nl: 'nl-NL', en: 'en-GB' };

/** Everything that the holder says yes or no to, in full; or how it ended. */
export function ConfirmationPage({ view, sender, path, fault }: ConfirmationPageProps): VNode {
  const { language, state } = view;
  const texts = confirmationTexts[language];
  const other: Language = language === 'nl' ? 'en' : 'nl';
  const title =
    state === 'pending' ? texts.asked[view.code.purpose] : endingOf(view.code.purpose, state, language).title;
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
          <p class="govuk-inset-text">{isVerification ? texts.readOut : texts.neverAsk}</p>
          {isVerification ? null : (
            <form method="post" action={`${path}?lang=${language}`} novalidate>
              <CodeInput
                language={language}
                label={texts.code}
                hint={texts.codeHint}
                digits={view.code.digits}
                {...(error === undefined ? {} : { error })}
              />
              <Button>{texts.yes}</Button>
            </form>
          )}
          <h2 class="govuk-heading-m">{isVerification ? texts.notYouTitle : texts.noTitle}</h2>
          <p class="govuk-body">{isVerification ? texts.notYouText : texts.noText}</p>
          {view.canBlock ? <p class="govuk-body">{texts.canBlock}</p> : null}
          <form method="post" action={`${path}/no?lang=${language}`} class="govuk-button-group">
            <Button kind="secondary" name="block" value="no">
              {texts.no}
            </Button>
            {view.canBlock ? (
              <Button kind="warning" name="block" value="yes">
                {texts.noAndBlock}
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
  const texts = confirmationTexts[view.language];
  const { title, text } = endingOf(view.code.purpose, view.state, view.language);
  return (
    <>
      <Panel title={title}>{text}</Panel>
      <SummaryList rows={rowsOf(view)} />
      {view.isBlocked ? <p class="govuk-body">{texts.blocked}</p> : null}
      {view.canBlock && !view.isBlocked ? (
        <form method="post" action={`${path}/no?lang=${view.language}`}>
          <p class="govuk-body">{texts.blockText}</p>
          <Button kind="warning" name="block" value="yes">
            {texts.block}
          </Button>
        </form>
      ) : null}
    </>
  );
}

/** The answer to a link that we did not make, or that a newer message replaced. */
export function GonePage({ sender, language }: { readonly sender: Organisation; readonly language: Language }): VNode {
  const texts = confirmationTexts[language];
  return (
    <Layout
      language={language}
      title={texts.goneTitle}
      sender={sender}
      // Any link that we never made: this answer is the same for all of them.
      otherLanguageHref={`/c/none?lang=${language === 'nl' ? 'en' : 'nl'}`}
    >
      <h1 class="govuk-heading-l">{texts.goneTitle}</h1>
      <p class="govuk-body">{texts.goneText}</p>
    </Layout>
  );
}

/** What it is about, who asks, and until when. */
export function rowsOf(view: ConfirmationPageView): { key: string; value: VNode | string }[] {
  const texts = confirmationTexts[view.language];
  const { caller, agent, mandate, actions, code } = view;
  const isVerification = code.purpose === 'verification';
  const who = caller.is === 'recipient' ? texts.yourself : (caller.name ?? texts.unknown);
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
            { key: texts.what, value: <Actions actions={actions} language={view.language} /> },
            { key: texts.asks, value: who },
          ]
        : [
            { key: texts.proxy, value: mandate.proxy },
            ...(mandate.holder === null ? [] : [{ key: texts.holder, value: mandate.holder }]),
            { key: texts.scopes, value: <Scopes scopes={mandate.scopes} never={texts.never} /> },
            { key: texts.contracts, value: mandate.contracts.join(', ') },
            ...(mandate.mayPassOn ? [{ key: texts.passOn, value: texts.mayPassOn }] : []),
            { key: texts.starts, value: day(mandate.startsAt, view.language) },
            // Periods are half-open: the last day is the one before the end.
            { key: texts.ends, value: day(new Date(mandate.endsAt.getTime() - 1), view.language) },
            { key: texts.reference, value: mandate.ref },
          ]),
    ...(agent === null ? [] : [{ key: texts.agent, value: `${agent.pseudonym} (${agent.role})` }]),
    { key: texts.until, value: until },
  ];
}

/** A code that says who somebody is was no question: its yes is only its use. */
export function endingOf(purpose: PagePurpose, state: Exclude<CodeState, 'pending'>, language: Language): Ending {
  const { ended, identified } = confirmationTexts[language];
  return purpose === 'verification' && state === 'approved' ? identified : ended[state];
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
      {scopes.map(({ title, text, excludes }) => (
        <li key={title}>
          <strong>{title}</strong>
          {text === null ? null : <div>{text}</div>}
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
  if (typeof value === 'boolean')
    return { nl: { true: 'ja', false: 'nee' }, en: { true: 'yes', false: 'no' } }[language][`${value}`];
  return value;
}

export function faultText(fault: PageFault, { language, triesLeft }: ConfirmationPageView): string {
  if (fault !== 'wrong') return confirmationTexts[language][fault];
  return String(new IntlMessageFormat(confirmationTexts[language].wrong, language).format({ n: triesLeft }));
}
