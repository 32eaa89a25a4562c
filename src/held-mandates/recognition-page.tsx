import type { ComponentChildren, VNode } from 'preact';

import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import { dayOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Panel } from '../pages/parts.tsx';
import { PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { giverOf } from './held-parts.tsx';
import type { RecognisedNumber } from './recognition.service.ts';

export interface RecognitionPageProps {
  readonly page: Page;
  /** The mandate that was accepted just now; null = the reader came by themselves. */
  readonly accepted: OwnMandate | null;
  readonly numbers: readonly RecognisedNumber[];
  readonly arePasskeysPossible: boolean;
}

/** How the reader will be recognised on the phone: the ways there are, what each is worth, and where it is set up. */
export function RecognitionPage({ page, accepted, numbers, arePasskeysPossible }: RecognitionPageProps): VNode {
  const { language } = page;
  const title = text(language, 'recognition.title');
  return (
    <PortalLayout page={page} title={title}>
      {accepted === null ? (
        <h1 class="govuk-heading-l">{title}</h1>
      ) : (
        <>
          <Panel title={text(language, 'recognition.accepted')}>
            {text(language, 'recognition.accepted_text', { holder: giverOf(accepted, language) })}
          </Panel>
          <h2 class="govuk-heading-l">{title}</h2>
        </>
      )}
      <p class="govuk-body">{text(language, 'recognition.intro')}</p>
      <Way page={page} way="number" href="/portal/ways/contact">
        {numbers.length === 0 ? (
          <p class="govuk-body">{text(language, 'recognition.none')}</p>
        ) : (
          <ul class="govuk-list govuk-list--bullet">
            {numbers.map((number, at) => (
              <li key={at}>{numberText(number, page)}</li>
            ))}
          </ul>
        )}
        <p class="govuk-body">{text(language, 'recognition.new')}</p>
      </Way>
      <Way page={page} way="app" href="/portal/ways" />
      {arePasskeysPossible ? <Way page={page} way="passkey" href="/portal/ways" /> : null}
      <Way page={page} way="support" href="/portal/calls" />
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/held">
          {text(language, 'held.back')}
        </a>
      </p>
    </PortalLayout>
  );
}

interface WayProps {
  readonly page: Page;
  readonly way: 'number' | 'app' | 'passkey' | 'support';
  /** Where it is set up. */
  readonly href: string;
  readonly children?: ComponentChildren;
}

function Way({ page: { language }, way, href, children }: WayProps): VNode {
  return (
    <section>
      <h2 class="govuk-heading-m">{text(language, `recognition.${way}`)}</h2>
      <p class="govuk-body">{text(language, `recognition.${way}_worth`)}</p>
      {children}
      <p class="govuk-body">
        <a class="govuk-link" href={href}>
          {text(language, `recognition.${way}_do`)}
        </a>
      </p>
    </section>
  );
}

function numberText({ ending, counts, countsFrom }: RecognisedNumber, { language, sender }: Page): string {
  if (counts) return text(language, 'recognition.counts', { ending });
  if (countsFrom === null) return text(language, 'recognition.unproven', { ending, phone: sender.phone });
  return text(language, 'recognition.counts_from', { ending, day: dayOf(countsFrom, language) });
}
