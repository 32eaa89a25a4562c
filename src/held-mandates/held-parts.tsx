import type { VNode } from 'preact';

import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import type { ScopeInWords } from '../mandates/mandate-notices.ts';
import { dayOf, lastDayOf } from '../pages/moments.ts';
import { SummaryList } from '../pages/parts.tsx';
import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';

/** Who gave it; an erased person has no name any more. */
export function giverOf({ holder }: OwnMandate, language: Language): string {
  return holder ?? text(language, 'held.somebody');
}

/** Who has the code with which it is accepted: who passed it on, where somebody did. */
export function codeHolderOf(own: OwnMandate, language: Language): string {
  return own.giver ?? giverOf(own, language);
}

export interface TermsProps {
  readonly language: Language;
  readonly own: OwnMandate;
}

/** How it stands, about what, and from when until when. */
export function Terms({ language, own }: TermsProps): VNode {
  const { mandate } = own;
  return (
    <SummaryList
      rows={[
        { key: text(language, 'held.state'), value: stateText(own, language) },
        ...(own.giver === null ? [] : [{ key: text(language, 'pass_on.by'), value: own.giver }]),
        { key: text(language, 'held.contracts'), value: mandate.contracts.map(({ ref }) => ref).join(', ') },
        { key: text(language, 'held.from'), value: dayOf(new Date(mandate.startsAt), language) },
        { key: text(language, 'held.until'), value: lastDayOf(new Date(mandate.endsAt), language) },
        { key: text(language, 'held.ref'), value: mandate.ref },
      ]}
    />
  );
}

/** How it stands, in words. */
export function stateText({ mandate }: OwnMandate, language: Language): string {
  if (mandate.state !== 'ended') return text(language, `held.state.${mandate.state}`);
  return text(language, `held.ending.${mandate.ending ?? 'expired'}`);
}

export interface ScopesProps {
  readonly language: Language;
  readonly scopes: readonly ScopeInWords[];
}

/** What the reader may do, and what that never includes. */
export function Scopes({ language, scopes }: ScopesProps): VNode {
  return (
    <>
      {scopes.map(({ title, text: may, excludes }) => (
        <section key={title}>
          <h3 class="govuk-heading-s">{title}</h3>
          {may === null ? null : <p class="govuk-body">{may}</p>}
          {excludes === null ? null : (
            <p class="govuk-body">
              <strong>{text(language, 'held.never')}</strong> {excludes}
            </p>
          )}
        </section>
      ))}
    </>
  );
}
