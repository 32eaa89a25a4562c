import type { VNode } from 'preact';

import type { Principal } from '../auth/principal.ts';
import { dayOf, lastDayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, boxOf, Checkboxes, ErrorSummary, Radios, SummaryList } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import { type FieldFault, inWords, PassOnBox, PeriodInputs, ScopeBoxes, ScopesInWords } from './granting-pages.tsx';
import type { OfferedScope } from './granting.service.ts';
import type { OwnMandate, OwnMandatePage } from './my-mandates.service.ts';

export interface MandatesPageProps {
  readonly page: Page;
  readonly live: OwnMandatePage;
  readonly ended: OwnMandatePage;
}

/** The mandates that the reader gave. */
export function MandatesPage({ page, live, ended }: MandatesPageProps): VNode {
  const { language } = page;
  const title = text(language, 'mandates.title');
  const more = (part: 'live' | 'ended', { next }: OwnMandatePage): VNode | null =>
    next === null ? null : (
      <p class="govuk-body">
        <a class="govuk-link" href={`/portal/mandates?${part}=${next}`}>
          {text(language, 'mandates.more')}
        </a>
      </p>
    );
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'mandates.intro')}</p>
      <GiveLink language={language} />
      <MandateList language={language} mandates={live.mandates} none="mandates.none" />
      {more('live', live)}
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/software">
          {text(language, 'software.title')}
        </a>
      </p>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/limits">
          {text(language, 'limits.title')}
        </a>
      </p>
      {ended.mandates.length === 0 ? null : (
        <>
          <h2 class="govuk-heading-m">{text(language, 'mandates.ended_title')}</h2>
          <p class="govuk-body">{text(language, 'mandates.ended_intro')}</p>
          <MandateList language={language} mandates={ended.mandates} none="mandates.none" />
          {more('ended', ended)}
        </>
      )}
    </PortalLayout>
  );
}

export function GiveLink({ language }: { readonly language: Language }): VNode {
  return (
    <p class="govuk-body">
      <a class="govuk-button" href="/portal/mandates/new">
        {text(language, 'mandates.give')}
      </a>
    </p>
  );
}

export interface MandateListProps {
  readonly language: Language;
  readonly mandates: readonly OwnMandate[];
  /** What to say when there are none. */
  readonly none: TextKey;
}

/** In short, each with the way to its own page. */
export function MandateList({ language, mandates, none }: MandateListProps): VNode {
  if (mandates.length === 0) return <p class="govuk-body">{text(language, none)}</p>;
  return (
    <ul class="govuk-list">
      {mandates.map((own) => {
        const { mandate, scopes } = own;
        const titles = scopes.map((scope) => scope.title).join(', ');
        return (
          <li key={mandate.id}>
            <a class="govuk-link" href={`/portal/${own.side === 'proxy' ? 'held' : 'mandates'}/${mandate.id}`}>
              {otherOf(own, language)}
            </a>
            {`: ${titles}`}
            {own.giver === null || own.side !== 'holder' ? null : (
              <div class="govuk-hint">{`${text(language, 'pass_on.by')} ${own.giver}`}</div>
            )}
            <div class="govuk-hint">{`${stateOf(own, language)}. ${text(language, 'mandate.until')} ${lastDayOf(new Date(mandate.endsAt), language)}`}</div>
          </li>
        );
      })}
    </ul>
  );
}

export interface MandatePageProps {
  readonly page: Page;
  readonly own: OwnMandate;
  /** What its proxy passed on, and lives. */
  readonly subs: readonly OwnMandate[];
  readonly principal: Principal;
  /** What was done just now. */
  readonly news?: TextKey;
}

/** One mandate, and what the reader can do with it when they gave it. */
export function MandatePage({ page, own, subs, principal, news }: MandatePageProps): VNode {
  const { language } = page;
  const { mandate } = own;
  const key = own.side === 'proxy' ? 'mandate.title_from' : 'mandate.title';
  const title = text(language, key, { name: otherOf(own, language) });
  const until = new Date(mandate.askedEndsAt ?? mandate.endsAt);
  return (
    <PortalLayout page={page} title={title}>
      {news === undefined ? null : (
        <div class="govuk-inset-text" role="status">
          {text(language, news)}
        </div>
      )}
      <h1 class="govuk-heading-l">{title}</h1>
      {mandate.isSilent ? <p class="govuk-body">{text(language, 'mandate.silent')}</p> : null}
      {mandate.isSetAside && mandate.state === 'suspended' && own.side === 'holder' ? (
        <div class="govuk-inset-text">
          {text(language, 'partner.set_aside')}{' '}
          <a class="govuk-link" href="/portal/life">
            {text(language, 'life.title')}
          </a>
        </div>
      ) : null}
      <SummaryList
        rows={[
          { key: text(language, 'mandate.state'), value: stateOf(own, language) },
          { key: text(language, 'mandate.ref'), value: mandate.ref },
          ...(own.side === 'giver'
            ? [{ key: text(language, 'pass_on.for'), value: own.holder ?? text(language, 'mandates.nobody') }]
            : []),
          ...(mandate.parent !== undefined && own.side === 'holder'
            ? [{ key: text(language, 'pass_on.by'), value: own.giver ?? text(language, 'mandates.nobody') }]
            : []),
          {
            key: text(language, 'mandate.what'),
            value: <ScopesInWords language={language} scopes={own.scopes} />,
          },
          { key: text(language, 'mandate.contracts'), value: mandate.contracts.map(({ ref }) => ref).join(', ') },
          { key: text(language, 'mandate.from'), value: dayOf(new Date(mandate.startsAt), language) },
          { key: text(language, 'mandate.until'), value: lastDayOf(until, language) },
          ...(mandate.isWhilePartner
            ? [{ key: text(language, 'partner.row'), value: text(language, 'partner.told') }]
            : []),
          ...(mandate.parent === undefined
            ? [
                {
                  key: text(language, 'pass_on.may'),
                  value: text(language, mandate.mayPassOn ? 'pass_on.allowed' : 'pass_on.not'),
                },
              ]
            : []),
          { key: text(language, 'mandate.strength'), value: text(language, `strength.${mandate.strength.level}`) },
        ]}
      />
      {mandate.state === 'ended' || own.side === 'proxy' ? null : (
        <Actions page={page} own={own} principal={principal} />
      )}
      {subs.length === 0 ? null : (
        <>
          <h2 class="govuk-heading-m">{text(language, 'pass_on.subs')}</h2>
          <p class="govuk-body">{text(language, 'pass_on.subs_text', { name: otherOf(own, language) })}</p>
          <MandateList language={language} mandates={subs} none="mandates.none" />
        </>
      )}
      <h2 class="govuk-heading-m">{text(language, 'mandate.history')}</h2>
      <SummaryList
        rows={historyOf(own, language).map(({ at, what }) => ({
          key: momentOf(new Date(at), language),
          value: what,
        }))}
      />
    </PortalLayout>
  );
}

interface ActionsProps {
  readonly page: Page;
  readonly own: OwnMandate;
  readonly principal: Principal;
}

function Actions({ page, own, principal }: ActionsProps): VNode {
  const { language } = page;
  const { id, state, parent } = own.mandate;
  // What is passed on is confirmed and offered by who passes it on, and switched by the holder.
  const isGiver = own.side === 'giver' || parent === undefined;
  const isHolder = own.side === 'holder';
  const isResting =
    state === 'suspended' && !own.mandate.isSetAside && (parent === undefined || parent.state === 'active');
  const base = `/portal/mandates/${id}`;
  const link = (path: string, key: TextKey): VNode => (
    <p class="govuk-body">
      <a class="govuk-link" href={`${base}/${path}`}>
        {text(language, key)}
      </a>
    </p>
  );
  return (
    <section>
      <h2 class="govuk-heading-m">{text(language, 'mandate.actions')}</h2>
      {isGiver && state === 'draft' ? link('code', 'mandate.confirm') : null}
      {isGiver && state === 'pending_acceptance' ? (
        <>
          {link('code', 'mandate.show_code')}
          <Form page={page} action={`${base}/invite`}>
            <Button kind="secondary">{text(language, 'mandate.invite')}</Button>
          </Form>
        </>
      ) : null}
      {isHolder && state === 'active' ? (
        <Form page={page} action={`${base}/suspend`}>
          <p class="govuk-body">{text(language, 'mandate.suspend_text')}</p>
          <Button kind="secondary">{text(language, 'mandate.suspend')}</Button>
        </Form>
      ) : null}
      {isHolder && isResting && principal.strength >= 2 ? (
        <Form page={page} action={`${base}/resume`}>
          <Button kind="secondary">{text(language, 'mandate.resume')}</Button>
        </Form>
      ) : null}
      {isHolder && isResting && principal.strength < 2 ? (
        <p class="govuk-body">{text(language, 'mandate.resume_weak')}</p>
      ) : null}
      {parent === undefined ? link('change', 'mandate.change') : null}
      {link('withdraw', 'mandate.withdraw')}
    </section>
  );
}

export interface WithdrawPageProps {
  readonly page: Page;
  readonly own: OwnMandate;
  readonly fault?: TextKey;
}

/** For good: so one screen that says what the other will see. */
export function WithdrawPage({ page, own, fault }: WithdrawPageProps): VNode {
  const { language } = page;
  const name = otherOf(own, language);
  const base = `/portal/mandates/${own.mandate.id}`;
  const title = text(language, 'withdraw.title');
  const errors = fault === undefined ? [] : [{ text: text(language, fault), field: 'how-told' }];
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined}>
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">
        {text(language, own.side === 'giver' ? 'withdraw.text_giver' : 'withdraw.text', { name })}
      </p>
      <Form page={page} action={`${base}/withdraw`}>
        {own.side === 'giver' ? (
          <input type="hidden" name="how" value="told" />
        ) : (
          <Radios
            name="how"
            legend={text(language, 'withdraw.how')}
            chosen={null}
            options={(['told', 'silent'] as const).map((how) => ({
              value: how,
              label: text(language, `withdraw.${how}`, { name }),
              hint: text(language, `withdraw.${how}_hint`, { name }),
            }))}
          />
        )}
        <Button kind="warning">{text(language, 'withdraw.button')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={base}>
          {text(language, 'withdraw.keep')}
        </a>
      </p>
    </PortalLayout>
  );
}

export interface ChangePageProps {
  readonly page: Page;
  readonly own: OwnMandate;
  /** Whether more than the mandate has takes a code. */
  readonly needsCode: boolean;
  /** The one that the reader saw. */
  readonly revision: number;
  readonly offered: readonly OfferedScope[];
  readonly contracts: readonly string[];
  readonly chosenScopes: readonly string[];
  readonly chosenContracts: readonly string[];
  readonly mayPassOn: boolean;
  readonly endsAt: string;
  readonly faults?: readonly FieldFault[];
  readonly refused?: TextKey;
}

/** Scopes, contracts and the end of a mandate. */
export function ChangePage(props: ChangePageProps): VNode {
  const { page, own, needsCode, revision, offered, contracts, chosenScopes, chosenContracts, mayPassOn, endsAt } =
    props;
  const { language, sender } = page;
  const title = text(language, 'change.title');
  const fields = inWords(props.faults ?? [], language);
  const { refused } = props;
  const errors = [
    ...(refused === undefined ? [] : [{ text: text(language, refused, { phone: sender.phone }) }]),
    ...fields,
  ];
  const base = `/portal/mandates/${own.mandate.id}`;
  const errorOf = (field: string): string | undefined => fields.find((one) => one.field === field)?.text;
  return (
    <PortalLayout page={page} title={title} hasErrors={errors.length > 0}>
      <ErrorSummary language={language} errors={errors} />
      <h1 class="govuk-heading-l">{title}</h1>
      {needsCode ? <p class="govuk-body">{text(language, 'change.code')}</p> : null}
      <Form page={page} action={`${base}/change`}>
        <input type="hidden" name="revision" value={String(revision)} />
        <ScopeBoxes language={language} offered={offered} chosen={chosenScopes} error={errorOf('scope')} />
        <Checkboxes
          language={language}
          id="contract"
          legend={text(language, 'grant.contracts_legend')}
          chosen={chosenContracts.map((ref) => boxOf('contract', ref))}
          error={errorOf('contract')}
          options={contracts.map((ref) => ({
            name: boxOf('contract', ref),
            label: text(language, 'grant.contract', { ref }),
          }))}
        />
        <PassOnBox language={language} isChosen={mayPassOn} />
        <PeriodInputs language={language} startsAt={null} endsAt={endsAt} errors={fields} />
        <Button>{text(language, 'change.button')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={base}>
          {text(language, 'withdraw.keep')}
        </a>
      </p>
    </PortalLayout>
  );
}

function otherOf({ side, holder, proxy }: OwnMandate, language: Language): string {
  return (side === 'proxy' ? holder : proxy) ?? text(language, 'mandates.nobody');
}

function stateOf({ mandate: { state, ending } }: OwnMandate, language: Language): string {
  const words = text(language, `state.${state}`);
  return ending === null ? words : `${words}: ${text(language, `ending.${ending}`)}`;
}

/** What is at hand of what happened to it, the oldest first. */
function historyOf(
  { mandate }: OwnMandate,
  language: Language,
): readonly { readonly at: number; readonly what: string }[] {
  const proofs = mandate.evidence
    .filter((one) => one.sessionStrength > 0)
    .map(({ at, form }) => ({ at, what: text(language, 'history.proof', { how: text(language, `form.${form}`) }) }));
  const at = (moment: number | null, key: TextKey) =>
    moment === null ? [] : [{ at: moment, what: text(language, key) }];
  return [
    ...at(mandate.createdAt, 'history.created'),
    ...proofs,
    ...at(mandate.acceptedAt, 'history.accepted'),
    ...at(mandate.endedAt, 'history.ended'),
  ].toSorted((first, second) => first.at - second.at);
}
