import type { VNode } from 'preact';

import { agesAt, type ContactPoint, masked } from '../holders/contact-point.ts';
import { dayOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, CodeInput, ErrorSummary, Radios, SummaryList, TextInput } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { ContactForm } from './contact-changes.dto.ts';
import type { Side, WaitingChange } from './contact-changes.service.ts';

export const CONTACT = '/portal/ways/contact';

export type ContactFormFault = 'value' | 'last' | 'none' | 'budget';

/** As its owner knows it. */
function pointText(language: Language, point: ContactPoint): string {
  return text(language, `ways.${point.kind}`, { masked: masked(point) });
}

function faultText({ language, sender }: Page, fault: ContactFormFault): string {
  return text(language, `contact.fault_${fault}`, { phone: sender.phone });
}

export interface ContactPageProps {
  readonly page: Page;
  readonly points: readonly ContactPoint[];
  readonly usable: readonly string[];
  readonly waiting: readonly WaitingChange[];
  readonly isChanged: boolean;
  readonly fault?: ContactFormFault;
}

/** How we reach the reader. */
export function ContactPage({ page, points, usable, waiting, isChanged, fault }: ContactPageProps): VNode {
  const { language, sender } = page;
  const title = text(language, 'contact.title');
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined} ownPath={CONTACT}>
      <ErrorSummary language={language} errors={fault === undefined ? [] : [{ text: faultText(page, fault) }]} />
      <h1 class="govuk-heading-l">{title}</h1>
      {isChanged ? (
        <p class="govuk-body" role="status">
          <strong>{text(language, 'contact.changed')}</strong>
        </p>
      ) : null}
      <p class="govuk-body">{text(language, 'contact.intro')}</p>
      <p class="govuk-body">{text(language, 'contact.shared_intro')}</p>
      {waiting.map((change) => (
        <div class="govuk-inset-text" key={change.id}>
          {text(language, 'contact.waits')}{' '}
          <a class="govuk-link" href={`${CONTACT}/${change.id}`}>
            {whatText(language, change)}
          </a>
        </div>
      ))}
      {points.length === 0 ? <p class="govuk-body">{text(language, 'ways.no_codes')}</p> : null}
      {points.map((point) => (
        <OnePoint key={point.id} page={page} point={point} isUsable={usable.includes(point.id)} />
      ))}
      <p class="govuk-body">
        <a class="govuk-link" href={`${CONTACT}/new`}>
          {text(language, 'contact.add')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{text(language, 'contact.lost')}</h2>
      <p class="govuk-body">{text(language, 'contact.lost_text', { phone: sender.phone })}</p>
    </PortalLayout>
  );
}

interface OnePointProps {
  readonly page: Page;
  readonly point: ContactPoint;
  readonly isUsable: boolean;
}

function OnePoint({ page, point, isUsable }: OnePointProps): VNode {
  const { language } = page;
  const name = pointText(language, point);
  const from = agesAt(point);
  const isLetter = point.kind === 'postal';
  return (
    <section>
      <h2 class="govuk-heading-s">{name}</h2>
      {point.isShared ? <p class="govuk-body">{text(language, 'contact.is_shared')}</p> : null}
      {isUsable || point.isShared || (isLetter && from <= new Date()) ? null : (
        <p class="govuk-body">{text(language, 'contact.young', { day: dayOf(from, language) })}</p>
      )}
      <p class="govuk-body">
        <a class="govuk-link" href={`${CONTACT}/new?remove=${point.id}`}>
          {text(language, 'contact.replace')} <span class="govuk-visually-hidden">{name}</span>
        </a>
      </p>
      <Form page={page} action={`${CONTACT}/${point.id}/shared`}>
        <input type="hidden" name="shared" value={point.isShared ? 'no' : 'yes'} />
        <Button kind="secondary">
          {text(language, point.isShared ? 'contact.unshare' : 'contact.share')}{' '}
          <span class="govuk-visually-hidden">{name}</span>
        </Button>
      </Form>
      {isLetter ? null : (
        <Form page={page} action={`${CONTACT}/${point.id}/removal`}>
          <Button kind="secondary">
            {text(language, 'contact.remove')} <span class="govuk-visually-hidden">{name}</span>
          </Button>
        </Form>
      )}
    </section>
  );
}

export interface ContactFormPageProps {
  readonly page: Page;
  readonly points: readonly ContactPoint[];
  readonly usable: readonly string[];
  readonly typed: ContactForm;
  readonly fault: ContactFormFault | undefined;
}

/** Another contact point, or one in the place of one that goes. */
export function ContactFormPage({ page, points, usable, typed, fault }: ContactFormPageProps): VNode {
  const { language } = page;
  const ended = points.find(({ id }) => id === typed.remove);
  const title = text(language, ended === undefined ? 'contact.add' : 'contact.replace_title');
  const error = fault === undefined ? undefined : faultText(page, fault);
  const isField = fault === 'value';
  const errors = error === undefined ? [] : [{ text: error, ...(isField ? { field: 'value' } : {}) }];
  const known = points.filter(({ id }) => usable.includes(id));
  const chosen = known.find(({ id }) => id === typed.confirm_at || id === ended?.id) ?? known[0];
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined} ownPath={`${CONTACT}/new`}>
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      {ended === undefined ? null : <p class="govuk-body">{pointText(language, ended)}</p>}
      <p class="govuk-body">{text(language, 'contact.form_intro')}</p>
      <Form page={page} action={`${CONTACT}/new`}>
        {ended === undefined ? null : <input type="hidden" name="remove" value={ended.id} />}
        <TextInput
          language={language}
          name="value"
          label={text(language, ended === undefined ? 'contact.value' : `contact.value_${ended.kind}`)}
          hint={text(language, 'contact.value_hint')}
          value={typed.value ?? ''}
          autocomplete="off"
          error={isField ? error : undefined}
        />
        {known.length < 2 ? null : (
          <Radios
            name="confirm_at"
            legend={text(language, 'contact.confirm_at')}
            chosen={chosen?.id ?? null}
            options={known.map((point) => ({ value: point.id, label: pointText(language, point) }))}
          />
        )}
        <Radios
          name="how"
          legend={text(language, 'sign_in.how')}
          chosen="text"
          options={[
            { value: 'text', label: text(language, 'sign_in.how_text') },
            { value: 'voice', label: text(language, 'sign_in.how_voice') },
          ]}
        />
        <Button>{text(language, 'contact.send')}</Button>
      </Form>
    </PortalLayout>
  );
}

export interface ChangePageProps {
  readonly page: Page;
  readonly change: WaitingChange;
  /** `triesLeft` null = nothing was typed. */
  readonly fault?: { readonly side: Side; readonly triesLeft: number | null };
}

/** The codes of a change. */
export function ChangePage({ page, change, fault }: ChangePageProps): VNode {
  const { language } = page;
  const title = text(language, 'contact.codes_title');
  const error = fault === undefined ? undefined : codeFault(page, fault.triesLeft);
  const sides = (
    [
      { side: 'known', point: change.known, isConfirmed: change.isKnownConfirmed },
      { side: 'new', point: change.added, isConfirmed: change.isNewConfirmed },
    ] as const
  ).filter(({ point }) => point !== null);
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined} ownPath={`${CONTACT}/${change.id}`}>
      <ErrorSummary
        language={language}
        errors={error === undefined || fault === undefined ? [] : [{ text: error, field: `code-${fault.side}` }]}
      />
      <h1 class="govuk-heading-l">{title}</h1>
      <SummaryList
        rows={[
          ...(change.added === null
            ? []
            : [{ key: text(language, 'contact.comes'), value: pointText(language, change.added) }]),
          ...(change.ended === null
            ? []
            : [{ key: text(language, 'contact.goes'), value: pointText(language, change.ended) }]),
        ]}
      />
      {sides.map(({ side, point, isConfirmed }) => (
        <section key={side}>
          <h2 class="govuk-heading-m">{text(language, `contact.code_${side}`)}</h2>
          <p class="govuk-body">
            {text(language, isConfirmed ? 'contact.confirmed' : 'contact.sent_to')}{' '}
            {point === null ? '' : pointText(language, point)}
          </p>
          {isConfirmed ? null : (
            <CodeForms page={page} change={change} side={side} error={fault?.side === side ? error : undefined} />
          )}
        </section>
      ))}
      <Form page={page} action={`${CONTACT}/${change.id}/cancel`}>
        <Button kind="secondary">{text(language, 'contact.cancel')}</Button>
      </Form>
    </PortalLayout>
  );
}

interface CodeFormsProps {
  readonly page: Page;
  readonly change: WaitingChange;
  readonly side: Side;
  readonly error: string | undefined;
}

function CodeForms({ page, change, side, error }: CodeFormsProps): VNode {
  const { language } = page;
  const isLetter = side === 'new' && change.kind === 'postal';
  return (
    <>
      <Form page={page} action={`${CONTACT}/${change.id}/code`}>
        <input type="hidden" name="side" value={side} />
        <CodeInput
          language={language}
          id={`code-${side}`}
          label={text(language, `contact.label_${side}`)}
          digits={isLetter ? 10 : 6}
          {...(isLetter ? { hint: text(language, 'contact.by_post') } : {})}
          {...(error === undefined ? {} : { error })}
        />
        <Button>{text(language, 'prove.enter')}</Button>
      </Form>
      <Form page={page} action={`${CONTACT}/${change.id}/resend`}>
        <input type="hidden" name="side" value={side} />
        <p class="govuk-body">
          <button type="submit" class="mandaat-link-button">
            {text(language, `contact.again_${side}`)}
          </button>
        </p>
      </Form>
    </>
  );
}

function whatText(language: Language, { added, ended }: WaitingChange): string {
  const point = added ?? ended;
  return point === null ? '' : pointText(language, point);
}

function codeFault({ language, sender }: Page, triesLeft: number | null): string {
  if (triesLeft === null) return text(language, 'contact.code_empty');
  return triesLeft === 0
    ? text(language, 'contact.code_over', { phone: sender.phone })
    : text(language, 'contact.code_wrong', { count: triesLeft });
}
