import type { VNode } from 'preact';

import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import { dayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary, Panel, TextInput } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import { giverOf } from './held-parts.tsx';
import type { RecognisedNumber } from './recognition.service.ts';

/** What was wrong with the code that somebody typed. */
export type AcceptanceFault = { readonly is: 'empty' } | { readonly is: 'wrong'; readonly triesLeft: number };

export interface AcceptanceFormProps {
  readonly page: Page;
  /** Where the code goes. */
  readonly action: string;
  /** Who gave it. */
  readonly holder: string;
  /** Until when the code works. */
  readonly until: Date;
  readonly error?: string | undefined;
}

/** Where the code goes that the holder passed on. */
export function AcceptanceForm({ page, action, holder, until, error }: AcceptanceFormProps): VNode {
  const { language } = page;
  return (
    <Form page={page} action={action}>
      <TextInput
        language={language}
        name="code"
        label={text(language, 'acceptance.code')}
        hint={text(language, 'acceptance.code_hint', { holder, until: momentOf(until, language) })}
        error={error}
        value=""
        autocomplete="off"
      />
      <Button>{text(language, 'acceptance.accept')}</Button>
    </Form>
  );
}

/** In words; undefined when nothing was wrong. */
export function acceptanceError(
  fault: AcceptanceFault | undefined,
  { language }: Page,
  holder: string,
): string | undefined {
  if (fault === undefined) return undefined;
  if (fault.is === 'empty') return text(language, 'acceptance.empty');
  if (fault.triesLeft === 0) return text(language, 'acceptance.over', { holder });
  return text(language, 'acceptance.wrong', { tries: fault.triesLeft });
}

export interface AcceptanceErrorsProps {
  readonly language: Language;
  readonly fault: AcceptanceFault | undefined;
  readonly error: string | undefined;
}

/** What was wrong, before everything else; with the way to the field, if it is still there. */
export function AcceptanceErrors({ language, fault, error }: AcceptanceErrorsProps): VNode | null {
  if (fault === undefined || error === undefined) return null;
  const isOver = fault.is === 'wrong' && fault.triesLeft === 0;
  return <ErrorSummary language={language} errors={[{ text: error, ...(isOver ? {} : { field: 'code' }) }]} />;
}

export interface RecognitionPageProps {
  readonly page: Page;
  /** The mandate that was accepted just now; null = the reader came by themselves. */
  readonly accepted: OwnMandate | null;
  readonly numbers: readonly RecognisedNumber[];
}

/** How the reader will be recognised on the phone. */
export function RecognitionPage({ page, accepted, numbers }: RecognitionPageProps): VNode {
  const { language, sender } = page;
  const title = text(language, 'recognition.title');
  return (
    <PortalLayout page={page} title={title}>
      {accepted === null ? (
        <h1 class="govuk-heading-l">{title}</h1>
      ) : (
        <>
          <Panel title={text(language, 'recognition.accepted')}>
            {text(language, 'recognition.accepted_text', { holder: giverOf(accepted, language) })}
          </Panel>
          <h2 class="govuk-heading-l">{title}</h2>
        </>
      )}
      <p class="govuk-body">{text(language, 'recognition.intro')}</p>
      {numbers.length === 0 ? (
        <p class="govuk-body">{text(language, 'recognition.none', { phone: sender.phone })}</p>
      ) : (
        <ul class="govuk-list govuk-list--bullet">
          {numbers.map((number, at) => (
            <li key={at}>{numberText(number, page)}</li>
          ))}
        </ul>
      )}
      <p class="govuk-body">{text(language, 'recognition.new', { phone: sender.phone })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/held">
          {text(language, 'held.back')}
        </a>
      </p>
    </PortalLayout>
  );
}

function numberText({ ending, counts, countsFrom }: RecognisedNumber, { language, sender }: Page): string {
  if (counts) return text(language, 'recognition.counts', { ending });
  if (countsFrom === null) return text(language, 'recognition.unproven', { ending, phone: sender.phone });
  return text(language, 'recognition.counts_from', { ending, day: dayOf(countsFrom, language) });
}
