import type { VNode } from 'preact';

import type { Faults, Typed } from '../desk/desk-form.ts';
import { DeskLayout } from '../desk/desk-layout.tsx';
import { DeskChoice, DeskField } from '../desk/desk-parts.tsx';
import { DESK_UNMASKINGS } from '../desk/desk-paths.ts';
import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { UNMASKING_REASONS } from '../unmaskings/unmasking.ts';
import type { UnmaskingView } from '../unmaskings/unmaskings.service.ts';

/** What the page of one can say on top, after something was done. */
export const SAID = ['asked', 'decided', 'not_now', 'own'] as const;
export type Said = (typeof SAID)[number];

export interface UnmaskingsPageProps {
  readonly page: Page;
  /** The latest first. */
  readonly views: readonly UnmaskingView[];
  readonly typed: Typed;
  readonly faults: Faults;
}

const COLUMNS = ['pseudonym', 'reason', 'case_ref', 'state', 'asked_by', 'asked_at'] as const;

/** What was asked, and a form to ask. Who anybody is stands in none of it. */
export function UnmaskingsPage({ page, views, typed, faults }: UnmaskingsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'unmasking.title');
  const errors = Object.entries(faults).map(([field, key]) => ({ text: text(language, key), field }));
  const errorOf = (field: string): string | undefined => errors.find((one) => one.field === field)?.text;
  return (
    <DeskLayout page={page} title={title} ownPath={DESK_UNMASKINGS} hasErrors={errors.length > 0}>
      <ErrorSummary language={language} errors={errors} />
      <div class="desk-card">
        <h1 class="desk-title">{title}</h1>
        <p>{text(language, 'unmasking.intro')}</p>
        <Form page={page} action={DESK_UNMASKINGS}>
          <div class="desk-form">
            <DeskField
              id="pseudonym"
              name="pseudonym"
              label={text(language, 'unmasking.pseudonym')}
              hint={text(language, 'unmasking.pseudonym_hint')}
              error={errorOf('pseudonym')}
              value={typed['pseudonym'] ?? ''}
            />
            <DeskChoice
              id="reason"
              name="reason"
              label={text(language, 'unmasking.reason')}
              chosen={typed['reason'] ?? UNMASKING_REASONS[0]}
              options={UNMASKING_REASONS.map((value) => ({
                value,
                label: text(language, `unmasking.reason.${value}`),
              }))}
            />
            <DeskField
              id="case_ref"
              name="case_ref"
              label={text(language, 'unmasking.case_ref')}
              error={errorOf('case_ref')}
              value={typed['case_ref'] ?? ''}
            />
          </div>
          <Button>{text(language, 'unmasking.ask')}</Button>
        </Form>
      </div>
      <section class="desk-card" aria-labelledby="asked">
        <h2 class="desk-subtitle" id="asked">
          {text(language, 'unmasking.list')}
        </h2>
        {views.length === 0 ? (
          <p class="desk-small">{text(language, 'unmasking.none')}</p>
        ) : (
          <div class="desk-wide">
            <table class="desk-table">
              <thead>
                <tr>
                  {COLUMNS.map((column) => (
                    <th key={column} scope="col">
                      {text(language, `unmasking.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {views.map(({ unmasking, state }) => (
                  <tr key={unmasking.id}>
                    <td>
                      <a class="govuk-link" href={`${DESK_UNMASKINGS}/${unmasking.id}`}>
                        {unmasking.subject.pseudonym}
                      </a>
                    </td>
                    <td>{text(language, `unmasking.reason.${unmasking.reason}`)}</td>
                    <td>{unmasking.caseRef}</td>
                    <td>{text(language, `unmasking.state.${state}`)}</td>
                    <td>{unmasking.askedBy.pseudonym}</td>
                    <td>{momentOf(unmasking.askedAt, language)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </DeskLayout>
  );
}

export interface UnmaskingPageProps {
  readonly page: Page;
  readonly view: UnmaskingView;
  /** The reader asked for it. */
  readonly isOwn: boolean;
  readonly said: Said | null;
}

/** One of them: for a colleague to decide, or for who asked to read. */
export function UnmaskingPage({ page, view, isOwn, said }: UnmaskingPageProps): VNode {
  const { language } = page;
  const { unmasking, state, toldUntil, agentRef } = view;
  const { pseudonym } = unmasking.subject;
  const title = text(language, 'unmasking.one', { pseudonym });
  const path = `${DESK_UNMASKINGS}/${unmasking.id}`;
  const verdicts = [...(isOwn ? [] : (['approve'] as const)), 'reject' as const];
  return (
    <DeskLayout page={page} title={title} ownPath={path}>
      <p class="desk-said" role="status">
        <span>{said === null ? '' : text(language, `unmasking.said.${said}`)}</span>
      </p>
      <div class="desk-card">
        <div class="desk-head">
          <h1 class="desk-title">{title}</h1>
          <a class="govuk-link" href={DESK_UNMASKINGS}>
            {text(language, 'unmasking.back')}
          </a>
        </div>
        <dl class="desk-facts">
          <dt>{text(language, 'unmasking.state')}</dt>
          <dd>{text(language, `unmasking.state.${state}`)}</dd>
          <dt>{text(language, 'unmasking.reason')}</dt>
          <dd>{text(language, `unmasking.reason.${unmasking.reason}`)}</dd>
          <dt>{text(language, 'unmasking.case_ref')}</dt>
          <dd>{unmasking.caseRef}</dd>
          <dt>{text(language, 'unmasking.asked_by')}</dt>
          <dd>{`${unmasking.askedBy.pseudonym}, ${momentOf(unmasking.askedAt, language)}`}</dd>
          {unmasking.decidedBy === null || unmasking.decidedAt === null ? null : (
            <>
              <dt>{text(language, 'unmasking.decided_by')}</dt>
              <dd>{`${unmasking.decidedBy.pseudonym}, ${momentOf(unmasking.decidedAt, language)}`}</dd>
            </>
          )}
          {agentRef === null || toldUntil === null ? null : (
            <>
              <dt>{text(language, 'unmasking.agent')}</dt>
              <dd>
                <strong>{agentRef}</strong>
              </dd>
              <dt>{text(language, 'unmasking.told_until')}</dt>
              <dd>{momentOf(toldUntil, language)}</dd>
            </>
          )}
        </dl>
        {agentRef === null ? <p class="desk-small">{text(language, 'unmasking.not_told')}</p> : null}
        {state === 'waiting' ? (
          <div class="desk-buttons">
            {verdicts.map((verdict) => (
              <Form key={verdict} page={page} action={`${path}/${verdict}`}>
                <Button kind={verdict === 'approve' ? 'primary' : 'secondary'}>
                  {text(language, verdict === 'reject' && isOwn ? 'unmasking.take_back' : `unmasking.${verdict}`)}
                </Button>
              </Form>
            ))}
          </div>
        ) : null}
      </div>
    </DeskLayout>
  );
}
