import type { VNode } from 'preact';

import { ACCEPTANCE_TRIES, type MandatePart } from '../mandates/mandate.ts';
import { MandateList } from '../my-mandates/my-mandates-pages.tsx';
import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import { lastDayOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, SummaryList } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import { acceptanceError, AcceptanceErrors, AcceptanceForm, type AcceptanceFault } from './acceptance-pages.tsx';
import { codeHolderOf, giverOf, Scopes, stateText, Terms } from './held-parts.tsx';

export interface HeldListPageProps {
  readonly page: Page;
  readonly part: MandatePart;
  readonly mandates: readonly OwnMandate[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** What the reader may do for others; or could, until lately. */
export function HeldListPage({ page, part, mandates, next }: HeldListPageProps): VNode {
  const { language, path } = page;
  const isLive = part === 'live';
  const title = text(language, isLive ? 'held.title' : 'held.ended_title');
  const other = isLive
    ? ({ href: '/portal/held/ended', key: 'held.ended_title' } as const)
    : ({ href: '/portal/held', key: 'held.to_live' } as const);
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      {isLive ? <p class="govuk-body">{text(language, 'held.intro')}</p> : null}
      {mandates.length > 0 ? null : (
        <p class="govuk-body">{text(language, isLive ? 'held.none' : 'held.none_ended')}</p>
      )}
      {mandates.map((own) => (
        <ListedMandate key={own.mandate.id} page={page} own={own} />
      ))}
      {next === null ? null : <Way href={`${path}?after=${next}`} words={text(language, 'held.more')} />}
      <Way href={other.href} words={text(language, other.key)} />
      <Way href="/portal/requests" words={text(language, 'requests.title')} />
      <Way href="/portal/organisations" words={text(language, 'organisations.title')} />
    </PortalLayout>
  );
}

interface OwnMandateProps {
  readonly page: Page;
  readonly own: OwnMandate;
}

function ListedMandate({ page: { language }, own }: OwnMandateProps): VNode {
  const { mandate, scopes } = own;
  const holder = giverOf(own, language);
  return (
    <section>
      <h2 class="govuk-heading-m">{text(language, 'held.of', { holder })}</h2>
      <SummaryList
        rows={[
          { key: text(language, 'held.state'), value: stateText(own, language) },
          { key: text(language, 'held.what'), value: scopes.map(({ title }) => title).join(', ') },
          { key: text(language, 'held.until'), value: lastDayOf(new Date(mandate.endsAt), language) },
        ]}
      />
      <p class="govuk-body">
        <a class="govuk-link" href={`/portal/held/${mandate.id}`}>
          {text(language, 'held.look')}
          <span class="govuk-visually-hidden"> {text(language, 'held.look_hidden', { holder, ref: mandate.ref })}</span>
        </a>
      </p>
    </section>
  );
}

export interface HeldMandatePageProps extends OwnMandateProps {
  /** What the reader passed on of it, and lives. */
  readonly subs: readonly OwnMandate[];
  /** What was wrong with the code that the reader typed. */
  readonly fault?: AcceptanceFault;
}

/** One mandate, in words; and where the code goes, if it waits for one. */
export function HeldMandatePage({ page, own, subs, fault }: HeldMandatePageProps): VNode {
  const { language } = page;
  const { mandate, scopes } = own;
  const holder = giverOf(own, language);
  const title = text(language, 'held.one_title', { holder });
  const error = acceptanceError(fault, page, codeHolderOf(own, language));
  return (
    <PortalLayout page={page} title={title} hasErrors={error !== undefined} ownPath={`/portal/held/${mandate.id}`}>
      <AcceptanceErrors language={language} fault={fault} error={error} />
      <h1 class="govuk-heading-l">{title}</h1>
      <Terms language={language} own={own} />
      <h2 class="govuk-heading-m">{text(language, 'held.may')}</h2>
      <p class="govuk-body">{text(language, 'held.may_intro', { holder })}</p>
      <Scopes language={language} scopes={scopes} />
      {mandate.state === 'pending_acceptance' ? <Acceptance page={page} own={own} error={error} /> : null}
      {subs.length === 0 ? null : (
        <>
          <h2 class="govuk-heading-m">{text(language, 'pass_on.own')}</h2>
          <p class="govuk-body">{text(language, 'pass_on.own_text')}</p>
          <MandateList language={language} mandates={subs} none="mandates.none" />
        </>
      )}
      {mandate.state === 'active' && mandate.mayPassOn ? (
        <Way href={`/portal/mandates/new?on=${mandate.id}`} words={text(language, 'pass_on.do')} />
      ) : null}
      {mandate.state === 'ended' ? null : (
        <Way href={`/portal/held/${mandate.id}/renounce`} words={text(language, wordsOf(own).ask)} />
      )}
      {mandate.state === 'active' ? (
        <Way href="/portal/held/recognition" words={text(language, 'recognition.title')} />
      ) : null}
      <Way href="/portal/held" words={text(language, 'held.back')} />
    </PortalLayout>
  );
}

interface AcceptanceProps extends OwnMandateProps {
  readonly error: string | undefined;
}

function Acceptance({ page, own, error }: AcceptanceProps): VNode {
  const { language } = page;
  const { id, acceptanceTries, acceptBefore, endsAt } = own.mandate;
  const holder = codeHolderOf(own, language);
  const isOver = acceptanceTries >= ACCEPTANCE_TRIES;
  return (
    <>
      <h2 class="govuk-heading-m">{text(language, 'acceptance.title')}</h2>
      <p class="govuk-body">{text(language, isOver ? 'acceptance.over' : 'acceptance.intro', { holder })}</p>
      {isOver ? null : (
        <AcceptanceForm
          page={page}
          action={`/portal/held/${id}/acceptance`}
          holder={holder}
          until={new Date(Math.min(acceptBefore ?? endsAt, endsAt))}
          error={error}
        />
      )}
    </>
  );
}

/** Whether the reader really means it. */
export function RenouncePage({ page, own }: OwnMandateProps): VNode {
  const { language } = page;
  const words = wordsOf(own);
  const holder = giverOf(own, language);
  const title = text(language, words.title, { holder });
  const path = `/portal/held/${own.mandate.id}`;
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, words.text, { holder })}</p>
      <Form page={page} action={`${path}/renounce`}>
        <Button kind="warning">{text(language, words.yes)}</Button>
      </Form>
      <Way href={path} words={text(language, 'held.keep')} />
    </PortalLayout>
  );
}

/** What was never accepted is not laid down: one says no to it. */
function wordsOf({ mandate }: OwnMandate): Readonly<Record<'ask' | 'title' | 'text' | 'yes', TextKey>> {
  return mandate.acceptedAt === null && mandate.state !== 'active'
    ? { ask: 'held.refuse', title: 'held.refuse_title', text: 'held.refuse_text', yes: 'held.refuse_yes' }
    : { ask: 'held.renounce', title: 'held.renounce_title', text: 'held.renounce_text', yes: 'held.renounce_yes' };
}

interface WayProps {
  readonly href: string;
  readonly words: string;
}

function Way({ href, words }: WayProps): VNode {
  return (
    <p class="govuk-body">
      <a class="govuk-link" href={href}>
        {words}
      </a>
    </p>
  );
}
