import { randomUUID } from 'node:crypto';

import type { VNode } from 'preact';

import { isBySession } from '../codes/code.ts';
import type { AskedConfirmation } from '../confirmations/confirmations.service.ts';
import { timeOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Outcome } from '../policy/vocabulary.ts';
import type { CodeState } from '../codes/code.ts';
import type { DeskCallView, DeskProperty } from './desk-calls.service.ts';
import { fieldOf } from './desk-form.ts';
import { CodeForm, Mark } from './desk-parts.tsx';
import { callPath } from './desk-paths.ts';

export interface HolderPanelProps {
  readonly page: Page;
  readonly view: DeskCallView;
}

/** What the holder was asked in this call, the newest first, and what became of it. Neither a code nor where it went is here. */
export function HolderPanel({ page, view }: HolderPanelProps): VNode {
  const { language } = page;
  return (
    <section class="desk-card" id="holder" aria-labelledby="holder-title" tabindex={-1}>
      <h2 class="desk-subtitle" id="holder-title">
        {text(language, 'desk.holder_title')}
      </h2>
      {view.confirmations.length === 0 ? <p class="desk-small">{text(language, 'desk.holder_none')}</p> : null}
      {view.confirmations.map((asked) => (
        <Asked key={asked.code.id} page={page} view={view} asked={asked} />
      ))}
    </section>
  );
}

function Asked({ page, view, asked }: HolderPanelProps & { readonly asked: AskedConfirmation }): VNode {
  const { language } = page;
  const { code, state, delivery, nextRoutes } = asked;
  const path = `${callPath(view.call.id)}/confirmations/${code.id}`;
  const isOpen = state === 'pending';
  const isLost = state === 'undeliverable';
  return (
    <article class="desk-asked">
      {asked.asked.map(({ name, properties }) => (
        <p key={name}>
          <strong>{titleOf(view, name)}</strong>
          {Object.entries(properties).map(([property, value]) => (
            <span key={property} class="desk-small">
              {` ${propertyOf(view, name, property)?.title ?? property}: ${String(value)}`}
            </span>
          ))}
        </p>
      ))}
      <p class={`desk-state desk-state--${state}`}>
        <Mark outcome={MARKS[state]} />
        {text(language, `desk.state.${state}`)}
      </p>
      {delivery === null || !isOpen ? null : (
        <p class="desk-small">
          {text(language, 'desk.delivery', { state: delivery.state, route: delivery.route })}.{' '}
          {text(language, 'desk.until_tries', { until: timeOf(code.expiresAt, language), tries: asked.triesLeft })}
        </p>
      )}
      {state === 'declined' ? <p class="desk-small">{text(language, 'desk.declined_text')}</p> : null}
      {isLost ? <p class="desk-small">{text(language, 'desk.undeliverable_text')}</p> : null}
      {isLost && nextRoutes.length === 0 ? <p class="desk-small">{text(language, 'desk.undeliverable_end')}</p> : null}
      {isOpen && isBySession(code) ? <p class="desk-small">{text(language, 'desk.by_session')}</p> : null}
      {isOpen && !isBySession(code) ? (
        <CodeForm
          page={page}
          action={path}
          id={`code-${code.id}`}
          label="desk.code_of_holder"
          button="desk.check_code"
        />
      ) : null}
      {isOpen || isLost ? (
        <div class="desk-buttons">
          {isOpen ? (
            <>
              <Form page={page} action={`${path}/resend`}>
                <Button kind="secondary">{text(language, 'desk.resend')}</Button>
              </Form>
              <Form page={page} action={`${path}/cancel`}>
                <Button kind="secondary">{text(language, 'desk.cancel')}</Button>
              </Form>
            </>
          ) : null}
          {nextRoutes.map((route) => (
            <Form key={route} page={page} action={`${path}/resend`}>
              <Button kind="secondary" name="route" value={route}>
                {text(language, 'desk.route', { route })}
              </Button>
            </Form>
          ))}
        </div>
      ) : null}
      {state === 'approved' ? <DoIt page={page} view={view} asked={asked} /> : null}
    </article>
  );
}

/** Exactly what the holder said yes to. */
function DoIt({ page, view, asked }: HolderPanelProps & { readonly asked: AskedConfirmation }): VNode {
  const { language } = page;
  return (
    <>
      {asked.asked.map(({ name, properties }) => (
        <Form key={name} page={page} action={`${callPath(view.call.id)}/execute`}>
          <input type="hidden" name="action" value={name} />
          <input type="hidden" name="operation" value={randomUUID()} />
          {Object.entries(properties).map(([property, value]) => (
            <input
              key={property}
              type="hidden"
              name={fieldOf(property)}
              value={typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)}
            />
          ))}
          <Button kind="secondary">
            {text(language, 'desk.execute')}{' '}
            <span class="govuk-visually-hidden">
              {text(language, 'desk.more_hidden', { action: titleOf(view, name) })}
            </span>
          </Button>
        </Form>
      ))}
    </>
  );
}

const MARKS: Readonly<Record<CodeState, Outcome>> = {
  pending: 'ask_holder',
  approved: 'permit',
  declined: 'deny',
  expired: 'ask_holder',
  cancelled: 'ask_holder',
  superseded: 'ask_holder',
  tries_exhausted: 'deny',
  undeliverable: 'ask_holder',
};

function titleOf({ actions }: DeskCallView, name: string): string {
  return actions.find(({ action }) => action === name)?.title ?? name;
}

function propertyOf({ actions }: DeskCallView, name: string, property: string): DeskProperty | undefined {
  return actions.find(({ action }) => action === name)?.properties.find((one) => one.name === property);
}
