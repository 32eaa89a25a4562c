import type { VNode } from 'preact';

import { deskScriptPath } from '../pages/desk-script.ts';
import { timeOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { LANGUAGES } from '../policy/vocabulary.ts';
import { CallerPanel } from './desk-caller-panel.tsx';
import type { DeskAction, DeskCallView } from './desk-calls.service.ts';
import { ClaimFields } from './desk-claim-fields.tsx';
import { Decisions, Say, Tiles, type TypedAction, Why } from './desk-decisions.tsx';
import { Duties, Owed } from './desk-duties.tsx';
import { ReportPanel, reportErrors } from './desk-report.tsx';
import { SaidPanel, saidErrors, SaidWarning } from './desk-statements.tsx';
import type { TypedStatement } from './desk-statement-form.ts';
import { HolderPanel } from './desk-holder-panel.tsx';
import type { Typed } from './desk-form.ts';
import { DeskLayout } from './desk-layout.tsx';
import { callPath, DESK } from './desk-paths.ts';
import type { Said } from './desk-said.ts';

export interface DeskCallPageProps {
  readonly page: Page;
  readonly view: DeskCallView;
  /** What came of the last thing that was done. */
  readonly said: Said | null;
  /** The answer to one action as it was asked or done, with its properties. */
  readonly answer?: { readonly decision: DeskAction; readonly isDone: boolean };
  readonly typed?: TypedAction;
  /** Something to say that was not recorded. */
  readonly statement?: TypedStatement;
  /** An incident that was not reported. */
  readonly report?: Typed;
  /** What was said and is to be put right. */
  readonly correct?: string | null;
  /** What the employee reads out to show that it is them. */
  readonly readOut?: string;
}

/** One call: what may be done, what has to happen first, and the buttons that make it happen. */
export function DeskCallPage(props: DeskCallPageProps): VNode {
  const { page, view, said, answer, typed, statement, report, correct = null, readOut } = props;
  const { language } = page;
  const { call, contractRef, isOver } = view;
  const path = callPath(call.id);
  const title = text(language, 'desk.call_title', { contract: contractRef });
  const refused = (typed?.properties ?? []).map((name) => ({
    text: text(language, 'desk.property_bad', { title: titleOf(view, typed, name) }),
    field: `p-${typed?.form['action'] ?? ''}-${name}`,
  }));
  const errors = [...refused, ...saidErrors(page, statement), ...reportErrors(page, report)];
  const warned = statement?.warned ?? null;
  const panels = (
    <>
      <SaidPanel page={page} view={view} typed={statement} correct={correct} />
      <ReportPanel page={page} path={path} typed={report} />
    </>
  );
  const live = isOver ? {} : { 'data-live': path, 'data-version': view.version, 'data-fresh': view.freshSeconds ?? 0 };
  return (
    <DeskLayout
      page={page}
      title={title}
      ownPath={path}
      hasErrors={errors.length > 0 || warned !== null}
      scripts={isOver ? [] : [deskScriptPath]}
    >
      <ErrorSummary language={language} errors={errors} />
      {warned === null ? null : <SaidWarning page={page} warned={warned} />}
      <div {...live}>
        <Head page={page} view={view} title={title} />
        <p class="desk-said" role="status">
          <span id="said">{said === null ? lastWord(page, view) : text(language, `desk.said.${said}`)}</span>
        </p>
        {answer === undefined ? null : <Answer page={page} view={view} {...answer} />}
        <div data-part="owed">
          <Owed page={page} view={view} />
        </div>
        {isOver ? (
          <>
            <Over page={page} />
            {panels}
          </>
        ) : (
          <>
            <div data-part="tiles">
              <Tiles page={page} view={view} />
            </div>
            <div class="desk-columns">
              <div class="desk-side">
                <div data-part="caller">
                  <CallerPanel page={page} view={view} readOut={readOut ?? null} />
                </div>
                <div data-part="holder">
                  <HolderPanel page={page} view={view} />
                </div>
                {panels}
                <HandOver page={page} path={path} />
                <p class="desk-card">
                  <a class="govuk-link" href={`${path}/help`}>
                    {text(language, 'help.title')}
                  </a>
                </p>
              </div>
              <div data-part="actions">
                <Decisions page={page} view={view} typed={typed} />
              </div>
            </div>
          </>
        )}
      </div>
    </DeskLayout>
  );
}

function Head({ page, view, title }: Pick<DeskCallPageProps, 'page' | 'view'> & { readonly title: string }): VNode {
  const { language } = page;
  const { call, callerLanguage, decidedAt, isOver } = view;
  const path = callPath(call.id);
  return (
    <div class="desk-head">
      <div>
        <h1 class="desk-title">{title}</h1>
        <span class="desk-small" data-part="facts">
          {text(language, 'desk.call_facts', {
            channel: text(language, `desk.channel.${call.channel}`),
            claim: text(language, call.claim === 'holder' ? 'desk.as_holder' : 'desk.as_proxy'),
            since: timeOf(call.openedAt, language),
          })}{' '}
          {decidedAt === null ? '' : text(language, 'desk.updated', { time: timeOf(decidedAt, language) })}
        </span>
      </div>
      {isOver ? null : (
        <div class="desk-head__right">
          <span>
            {text(language, 'desk.say_in')}{' '}
            {LANGUAGES.map((one) => (
              <a
                key={one}
                class="govuk-link desk-choice"
                href={`${path}?caller=${one}`}
                aria-current={one === callerLanguage ? 'true' : undefined}
              >
                {text(language, `desk.language.${one}`)}
              </a>
            ))}
          </span>
          <a class="govuk-link" href={path}>
            {text(language, 'desk.refresh')}
          </a>
          <Form page={page} action={`${path}/end`}>
            <Button kind="warning">{text(language, 'desk.end')}</Button>
          </Form>
        </div>
      )}
    </div>
  );
}

/** What a named action was answered, and what belongs to it. */
function Answer({
  page: { language },
  view: { callerLanguage },
  decision,
  isDone,
}: Pick<DeskCallPageProps, 'page' | 'view'> & { readonly decision: DeskAction; readonly isDone: boolean }): VNode {
  const title = isDone
    ? text(language, 'desk.done_title', { action: decision.title })
    : text(language, 'desk.answer_title');
  return (
    <section class={`desk-group desk-group--${decision.outcome}`} aria-labelledby="answer">
      <h2 class="desk-subtitle" id="answer">
        {title}
      </h2>
      {isDone ? (
        <>
          <p>{text(language, 'desk.done_text')}</p>
          {/* What has to be reported stands in the list below, with its buttons. */}
          <Duties
            language={language}
            spoken={callerLanguage}
            obligations={decision.obligations.filter(({ id }) => id === undefined)}
          />
        </>
      ) : (
        <>
          <p>
            <strong>{decision.title}</strong>: {text(language, `desk.group.${decision.outcome}`)}
          </p>
          <Say language={language} spoken={callerLanguage} sentence={decision.sentence} />
          {decision.outcome === 'permit' ? null : <Why language={language} action={decision} />}
        </>
      )}
    </section>
  );
}

function Over({ page: { language } }: { readonly page: Page }): VNode {
  return (
    <div class="desk-card">
      <h2 class="desk-subtitle">{text(language, 'desk.ended_title')}</h2>
      <p>{text(language, 'desk.ended_text')}</p>
      <p>
        <a class="govuk-button" href={DESK}>
          {text(language, 'desk.open_title')}
        </a>
      </p>
    </div>
  );
}

function HandOver({ page, path }: { readonly page: Page; readonly path: string }): VNode {
  const { language } = page;
  return (
    <section class="desk-card">
      <details id="hand-over">
        <summary>{text(language, 'desk.hand_over_title')}</summary>
        <p class="desk-small">{text(language, 'desk.hand_over_text')}</p>
        <Form page={page} action={`${path}/caller`}>
          <div class="desk-form">
            <ClaimFields language={language} typed={{}} id="next" />
          </div>
          <Button kind="secondary">{text(language, 'desk.hand_over')}</Button>
        </Form>
      </details>
    </section>
  );
}

/** What the newest question to the holder came to: read out when it changes. */
function lastWord({ language }: Page, { confirmations, isOver }: DeskCallView): string {
  const [last] = confirmations;
  return last === undefined || isOver ? '' : `${text(language, `desk.state.${last.state}`)}.`;
}

function titleOf({ actions }: DeskCallView, typed: TypedAction | undefined, name: string): string {
  const action = actions.find((one) => one.action === typed?.form['action']);
  return action?.properties.find((property) => property.name === name)?.title ?? name;
}
