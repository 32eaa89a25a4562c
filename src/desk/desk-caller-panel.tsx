import type { VNode } from 'preact';

import { timeOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { CodeState } from '../codes/code.ts';
import type { DeskCallView } from './desk-calls.service.ts';
import { CodeForm } from './desk-parts.tsx';
import { callPath } from './desk-paths.ts';

export interface CallerPanelProps {
  readonly page: Page;
  readonly view: DeskCallView;
  /** The code that the employee reads out; null = it was not asked for. */
  readonly readOut: string | null;
}

/** Who the caller is: every way to find out, and the way back. It is the same for a caller whom nobody knows. */
export function CallerPanel({ page, view, readOut }: CallerPanelProps): VNode {
  const { language } = page;
  const { verification } = view;
  const path = callPath(view.call.id);
  const isOpen = verification?.state === 'pending';
  return (
    <section class="desk-card" id="caller" aria-labelledby="caller-title" tabindex={-1}>
      <h2 class="desk-subtitle" id="caller-title">
        {text(language, 'desk.caller_title')}
      </h2>
      {verification === null ? null : (
        <p class={`desk-state desk-state--${verification.state}`}>
          {text(language, STATES[verification.state] ?? 'desk.verification.over', {
            until: timeOf(verification.expiresAt, language),
            tries: verification.triesLeft,
          })}
        </p>
      )}
      {isOpen ? (
        <CodeForm
          page={page}
          action={`${path}/verifications/${verification.id}`}
          id={`caller-${verification.id}`}
          label="desk.code_of_caller"
          button="desk.check_code"
        />
      ) : null}
      <div class="desk-buttons">
        <Form page={page} action={`${path}/verifications`}>
          <Button kind="secondary">{text(language, isOpen ? 'desk.send_code_again' : 'desk.send_code')}</Button>
        </Form>
      </div>
      <details id="other-methods">
        <summary>{text(language, 'desk.other_methods')}</summary>
        <CodeForm
          page={page}
          action={`${path}/support-code`}
          id="support-code"
          label="desk.support_code"
          button="desk.check_support"
        />
        <CodeForm page={page} action={`${path}/totp`} id="totp" label="desk.totp" button="desk.check_totp" />
        <CodeForm
          page={page}
          action={`${path}/letter-code`}
          id="letter-code"
          label="desk.letter_code"
          button="desk.check_letter"
        />
        <Form page={page} action={`${path}/letter`}>
          <Button kind="secondary">{text(language, 'desk.send_letter')}</Button>
        </Form>
        <p class="desk-small">{text(language, 'desk.letter_text')}</p>
        <Form page={page} action={`${path}/letter/cancel`}>
          <Button kind="secondary">{text(language, 'desk.cancel_letter')}</Button>
        </Form>
        <p class="desk-small">{text(language, 'desk.caller_intro')}</p>
      </details>
      <details id="reverse" open={readOut !== null}>
        <summary>{text(language, 'desk.reverse')}</summary>
        <p class="desk-small">{text(language, 'desk.reverse_text')}</p>
        {readOut === null ? (
          <Form page={page} action={`${path}/reverse`}>
            <Button kind="secondary">{text(language, 'desk.reverse')}</Button>
          </Form>
        ) : (
          <p role="status">
            {text(language, 'desk.reverse_code')}{' '}
            <strong class="desk-read-out">{`${readOut.slice(0, 3)} ${readOut.slice(3)}`}</strong>
          </p>
        )}
      </details>
    </section>
  );
}

const STATES: Readonly<Partial<Record<CodeState, TextKey>>> = {
  pending: 'desk.verification.pending',
  approved: 'desk.verification.approved',
  expired: 'desk.verification.expired',
  tries_exhausted: 'desk.verification.tries_exhausted',
};
