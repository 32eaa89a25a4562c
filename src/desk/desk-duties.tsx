import type { VNode } from 'preact';

import type { Obligation, ReceiptStatus } from '../obligations/obligation.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Language, ObligationType } from '../policy/vocabulary.ts';
import type { DeskAction, DeskCallView } from './desk-calls.service.ts';
import { Mark } from './desk-parts.tsx';
import { callPath } from './desk-paths.ts';

export interface DutiesProps {
  /** The employee's. */
  readonly language: Language;
  /** In which the sentences are. */
  readonly spoken: Language;
  readonly obligations: DeskAction['obligations'];
}

/** What has to be done with a permit, as a list to go through. Nothing when there is none. */
export function Duties({ language, spoken, obligations }: DutiesProps): VNode | null {
  if (obligations.length === 0) return null;
  return (
    <>
      <p class="desk-small">{text(language, 'desk.duties')}</p>
      <ul class="desk-duties">
        {obligations.map(({ type, text: sentence }) => (
          <li key={type}>
            <Duty language={language} spoken={spoken} type={type} sentence={sentence} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** What came with what was done in this call, and what became of it. Nothing when there is nothing. */
export function Owed({ page, view }: { readonly page: Page; readonly view: DeskCallView }): VNode | null {
  const { language } = page;
  const { obligations } = view;
  if (obligations.length === 0) return null;
  return (
    <section class="desk-card" id="owed" aria-labelledby="owed-title" tabindex={-1}>
      <h2 class="desk-subtitle" id="owed-title">
        {text(language, 'desk.owed_title')}
      </h2>
      {obligations.some(({ needsReceipt, state }) => needsReceipt && state !== 'done') ? (
        <p class="desk-small">{text(language, 'desk.owed_text')}</p>
      ) : null}
      <ul class="desk-duties">
        {obligations.map((one) => (
          <OwedItem key={one.id} page={page} view={view} one={one} />
        ))}
      </ul>
    </section>
  );
}

interface OwedItemProps {
  readonly page: Page;
  readonly view: DeskCallView;
  readonly one: Obligation;
}

function OwedItem({ page, view, one }: OwedItemProps): VNode {
  const { language } = page;
  const { id, type, texts, state } = one;
  const title = view.titles.get(one.action) ?? one.action;
  return (
    <li>
      <p class="desk-small">{title}</p>
      <Duty
        language={language}
        spoken={view.callerLanguage}
        type={type}
        sentence={texts?.[view.callerLanguage] ?? null}
      />
      {state === 'open' ? null : (
        <p class="desk-state">
          <Mark outcome={state === 'done' ? 'permit' : 'deny'} />
          {text(language, `desk.owed.${state}`)}
        </p>
      )}
      {state === 'done' ? null : (
        <div class="desk-buttons">
          {(state === 'open' ? RECEIPTS : RECEIPTS.slice(0, 1)).map(({ status, kind }) => (
            <Form key={status} page={page} action={`${callPath(view.call.id)}/receipts`}>
              <input type="hidden" name="obligation" value={id} />
              <Button kind={kind} name="status" value={status}>
                {text(language, `desk.receipt.${status}`)}{' '}
                <span class="govuk-visually-hidden">{text(language, 'desk.more_hidden', { action: title })}</span>
              </Button>
            </Form>
          ))}
        </div>
      )}
    </li>
  );
}

const RECEIPTS: readonly { readonly status: ReceiptStatus; readonly kind: 'primary' | 'secondary' }[] = [
  { status: 'done', kind: 'primary' },
  { status: 'failed', kind: 'secondary' },
];

interface DutyProps {
  readonly language: Language;
  readonly spoken: Language;
  readonly type: ObligationType;
  readonly sentence: string | null;
}

function Duty({ language, spoken, type, sentence }: DutyProps): VNode {
  return (
    <>
      {text(language, `desk.duty.${type}`)}
      {sentence === null ? null : (
        <>
          : <q lang={spoken}>{sentence}</q>
        </>
      )}
    </>
  );
}
