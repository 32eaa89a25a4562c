import { randomUUID } from 'node:crypto';

import type { VNode } from 'preact';

import { timeOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import {
  differences,
  type Statement,
  STATEMENT_SOURCES,
  STATEMENT_SUBJECTS,
  type TypedFacts,
} from '../statements/statement.ts';
import { factsInWords } from '../statements/statement-words.ts';
import type { AskedStatement } from '../statements/statements.service.ts';
import type { DeskCallView } from './desk-calls.service.ts';
import { DeskChoice, DeskField } from './desk-parts.tsx';
import { callPath } from './desk-paths.ts';
import { comparedOf, type TypedStatement } from './desk-statement-form.ts';

export interface SaidPanelProps {
  readonly page: Page;
  readonly view: DeskCallView;
  readonly typed: TypedStatement | undefined;
  /** What is to be put right; null = the form says something new. */
  readonly correct: string | null;
}

/** What was said in this call, and a form for what is said next. Once the call is over, only to put something right. */
export function SaidPanel({ page, view, typed, correct }: SaidPanelProps): VNode | null {
  const { language } = page;
  const { statements, isOver } = view;
  const corrected = statements.find(({ id }) => id === (typed?.form['corrects'] ?? correct));
  if (isOver && statements.length === 0) return null;
  return (
    <section class="desk-card" id="said-here" aria-labelledby="said-title" tabindex={-1}>
      <h2 class="desk-subtitle" id="said-title">
        {text(language, 'said.title')}
      </h2>
      <div data-part="said">
        {statements.length === 0 ? <p class="desk-small">{text(language, 'said.none')}</p> : null}
        <ul class="desk-duties">
          {statements.map((one) => (
            <li key={one.id}>
              <Said page={page} one={one} path={callPath(view.call.id)} />
            </li>
          ))}
        </ul>
      </div>
      {corrected !== undefined ? (
        <>
          <h3 class="desk-subtitle" id="correct">
            {text(language, 'said.correct_title')}
          </h3>
          <p class="desk-small">{text(language, 'said.correct_text')}</p>
          <p class="desk-small">{headOf(page, corrected)}</p>
          <SayForm page={page} view={view} typed={typed} corrects={corrected} />
        </>
      ) : isOver ? null : (
        <details id="say" open={typed !== undefined}>
          <summary>{text(language, 'said.new')}</summary>
          <SayForm page={page} view={view} typed={typed} />
        </details>
      )}
    </section>
  );
}

function Said({ page, one, path }: { readonly page: Page; readonly one: Statement; readonly path: string }): VNode {
  const { language } = page;
  const { facts, corrects, isCorrected, comparison, saidAt, subject } = one;
  const marks: readonly TextKey[] = [
    ...(corrects === null ? [] : (['said.is_correction'] as const)),
    ...(isCorrected ? (['said.is_corrected'] as const) : []),
    ...(comparison === 'different' ? (['said.differs'] as const) : []),
  ];
  return (
    <>
      <p class="desk-small">{[headOf(page, one), ...marks.map((mark) => text(language, mark))].join('. ')}</p>
      {facts === null ? null : <p>{factsInWords(facts, language).join('. ')}</p>}
      {corrects === null ? (
        <a class="govuk-link desk-small" href={`${path}?correct=${one.id}#correct`}>
          {text(language, 'said.correct')}{' '}
          <span class="govuk-visually-hidden">
            {text(language, 'said.correct_hidden', {
              subject: text(language, `said.subject.${subject}`),
              time: timeOf(saidAt, language),
            })}
          </span>
        </a>
      ) : null}
    </>
  );
}

function headOf({ language }: Page, { subject, saidAt }: Statement): string {
  return text(language, 'said.at', {
    subject: text(language, `said.subject.${subject}`),
    time: timeOf(saidAt, language),
  });
}

interface SayFormProps extends Pick<SaidPanelProps, 'page' | 'view' | 'typed'> {
  readonly corrects?: Statement;
}

function SayForm({ page, view, typed, corrects }: SayFormProps): VNode {
  const { language } = page;
  const form = typed?.form ?? {};
  const field = (name: string, label: TextKey, hint: TextKey | null, kind: 'text' | 'number' | 'date'): VNode => {
    const fault = typed?.faults[name];
    return (
      <DeskField
        id={`say-${name}`}
        name={name}
        label={text(language, label)}
        hint={hint === null ? undefined : text(language, hint)}
        error={fault === undefined ? undefined : text(language, fault)}
        value={form[name] ?? ''}
        kind={kind}
      />
    );
  };
  return (
    <Form page={page} action={`${callPath(view.call.id)}/statements`}>
      <input type="hidden" name="operation" value={randomUUID()} />
      {corrects === undefined ? null : <input type="hidden" name="corrects" value={corrects.id} />}
      <div class="desk-form">
        <DeskChoice
          id="say-subject"
          name="subject"
          label={text(language, 'said.subject')}
          chosen={form['subject'] ?? corrects?.subject ?? STATEMENT_SUBJECTS[0]}
          options={STATEMENT_SUBJECTS.map((value) => ({ value, label: text(language, `said.subject.${value}`) }))}
        />
        <DeskChoice
          id="say-source"
          name="source"
          label={text(language, 'said.source')}
          chosen={form['source'] ?? STATEMENT_SOURCES[0]}
          options={STATEMENT_SOURCES.map((value) => ({ value, label: text(language, `said.source.${value}`) }))}
        />
        {field('amount', 'said.amount_field', 'said.amount_hint', 'number')}
        {field('date', 'said.date', null, 'date')}
        {field('text', 'said.text', 'said.text_hint', 'text')}
        {field('crm_amount', 'said.crm_amount', 'said.crm_hint', 'number')}
        {field('crm_date', 'said.crm_date', 'said.crm_hint', 'date')}
      </div>
      {typed === undefined || typed.warned === null ? null : (
        <p>
          <input type="hidden" name="warned_of" value={comparedOf(typed.form)} />
          <label>
            <input type="checkbox" id="say-anyway" name="anyway" value="yes" /> {text(language, 'said.anyway')}
          </label>
        </p>
      )}
      <Button kind="secondary">{text(language, 'said.record')}</Button>
    </Form>
  );
}

/** Before it is said, and before anything else on the page. */
export function SaidWarning({ page, warned }: { readonly page: Page; readonly warned: AskedStatement }): VNode {
  const { language } = page;
  const { facts, crmValue } = warned;
  const other = crmValue === null ? [] : differences(facts, crmValue);
  const only = ({ amount, date }: TypedFacts): string =>
    factsInWords(
      { amount: other.includes('amount') ? amount : null, date: other.includes('date') ? date : null },
      language,
    ).join('. ');
  return (
    <div class="govuk-error-summary" tabindex={-1} autofocus>
      <div role="alert">
        <h2 class="govuk-error-summary__title">{text(language, 'said.warning_title')}</h2>
        <p>{text(language, 'said.warning_text')}</p>
        <dl class="desk-facts">
          <dt>{text(language, 'said.you_say')}</dt>
          <dd>{only(facts)}</dd>
          <dt>{text(language, 'said.crm_says')}</dt>
          <dd>{crmValue === null ? '' : only(crmValue)}</dd>
        </dl>
        <p>
          <a class="govuk-link" href="#say-amount">
            {text(language, 'said.to_form')}
          </a>
        </p>
      </div>
    </div>
  );
}

/** What is wrong with the form, each with its field. */
export function saidErrors(
  { language }: Page,
  typed: TypedStatement | undefined,
): readonly { readonly text: string; readonly field: string }[] {
  return Object.entries(typed?.faults ?? {}).map(([name, key]) => ({
    text: text(language, key),
    field: `say-${name}`,
  }));
}
