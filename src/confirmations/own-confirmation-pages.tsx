import type { VNode } from 'preact';

import type { Principal } from '../auth/principal.ts';
import { isApproval } from '../mandates/mandate-terms.ts';
import type { Page } from '../pages/page.ts';
import { Button, CodeInput, ErrorSummary, SummaryList } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { endingOf, faultText, rowsOf } from './confirmation-page.tsx';
import type { ConfirmationPageView, PageFault } from './confirmations.service.ts';
import { needsStronger } from './own-confirmations.service.ts';

export interface QuestionsPageProps {
  readonly page: Page;
  readonly questions: readonly ConfirmationPageView[];
}

/** What waits for the reader's yes or no. */
export function QuestionsPage({ page, questions }: QuestionsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'questions.title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, questions.length === 0 ? 'questions.none' : 'questions.intro')}</p>
      {questions.map(({ code, actions }) => (
        <section key={code.id}>
          <h2 class="govuk-heading-m">{actions.map((action) => action.title).join(', ')}</h2>
          <p class="govuk-body">
            <a class="govuk-link" href={`/portal/questions/${code.id}`}>
              {text(language, 'questions.answer')}
              <span class="govuk-visually-hidden"> {actions.map((action) => action.title).join(', ')}</span>
            </a>
          </p>
        </section>
      ))}
    </PortalLayout>
  );
}

export interface QuestionPageProps {
  readonly page: Page;
  readonly principal: Principal;
  readonly view: ConfirmationPageView;
  readonly fault?: PageFault;
}

/** One of them in full; or how it ended. */
export function QuestionPage({ page, principal, view, fault }: QuestionPageProps): VNode {
  const { language } = page;
  const { state, canBlock, isBlocked } = view;
  const path = `/portal/questions/${view.code.id}`;
  const isOpen = state === 'pending';
  const ending = isOpen ? null : endingOf(view.code.purpose, state, language);
  const title = ending?.title ?? text(language, `confirm.asked.${view.code.purpose}`);
  const error = fault === undefined || !isOpen ? undefined : faultText(fault, view);
  return (
    <PortalLayout page={page} title={title} hasErrors={error !== undefined} ownPath={path}>
      <ErrorSummary language={language} errors={error === undefined ? [] : [{ text: error, field: 'code' }]} />
      <h1 class="govuk-heading-l">{title}</h1>
      {ending === null ? null : <p class="govuk-body">{ending.text}</p>}
      <SummaryList rows={rowsOf(view)} />
      {isOpen ? <Yes page={page} path={path} view={view} principal={principal} error={error} /> : null}
      {isOpen || (canBlock && !isBlocked) ? <No page={page} path={path} view={view} isOpen={isOpen} /> : null}
      {isBlocked ? <p class="govuk-body">{text(language, 'confirm.blocked')}</p> : null}
    </PortalLayout>
  );
}

interface YesProps {
  readonly page: Page;
  readonly path: string;
  readonly view: ConfirmationPageView;
  readonly principal: Principal;
  readonly error: string | undefined;
}

function Yes({ page, path, view, principal, error }: YesProps): VNode {
  const { language } = page;
  if (needsStronger(view.code, principal)) {
    return (
      <>
        <p class="govuk-inset-text">{text(language, 'questions.stronger')}</p>
        <p class="govuk-body">
          <a class="govuk-link" href="/portal/prove">
            {text(language, 'ways.prove')}
          </a>
        </p>
      </>
    );
  }
  return (
    <Form page={page} action={`${path}/yes`}>
      {isApproval(principal) ? (
        <p class="govuk-inset-text">{text(language, 'questions.yes_text')}</p>
      ) : (
        <>
          <p class="govuk-inset-text">{text(language, 'confirm.never_ask')}</p>
          <CodeInput
            language={language}
            label={text(language, 'confirm.code')}
            hint={text(language, 'confirm.code_hint')}
            digits={view.code.digits}
            {...(error === undefined ? {} : { error })}
          />
        </>
      )}
      <Button>{text(language, 'confirm.yes')}</Button>
    </Form>
  );
}

interface NoProps {
  readonly page: Page;
  readonly path: string;
  readonly view: ConfirmationPageView;
  /** Otherwise only a block can still be had. */
  readonly isOpen: boolean;
}

function No({ page, path, view, isOpen }: NoProps): VNode {
  const { language } = page;
  return (
    <>
      {isOpen ? <h2 class="govuk-heading-m">{text(language, 'confirm.no_title')}</h2> : null}
      {isOpen ? <p class="govuk-body">{text(language, 'confirm.no_text')}</p> : null}
      {view.canBlock ? (
        <p class="govuk-body">{isOpen ? text(language, 'confirm.can_block') : text(language, 'confirm.block_text')}</p>
      ) : null}
      <Form page={page} action={`${path}/no`}>
        <div class="govuk-button-group">
          {isOpen ? (
            <Button kind="secondary" name="block" value="no">
              {text(language, 'confirm.no')}
            </Button>
          ) : null}
          {view.canBlock ? (
            <Button kind="warning" name="block" value="yes">
              {isOpen ? text(language, 'confirm.no_and_block') : text(language, 'confirm.block')}
            </Button>
          ) : null}
        </div>
      </Form>
    </>
  );
}
