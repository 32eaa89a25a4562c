import type { VNode } from 'preact';

import { ACTIVITY } from '../activity/activity-pages.tsx';
import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { SummaryList } from '../pages/parts.tsx';
import { PortalLayout } from '../pages/portal-layout.tsx';
import { LOCALES, text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { OwnLifeEvent, OwnRepresentation } from './own-life.service.ts';

export interface OwnLifePageProps {
  readonly page: Page;
  readonly events: readonly OwnLifeEvent[];
  readonly representations: readonly OwnRepresentation[];
}

/** What is recorded about the reader's life, in words, with the way to say that it is not right. */
export function OwnLifePage({ page, events, representations }: OwnLifePageProps): VNode {
  const { language } = page;
  const title = text(language, 'life.title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'life.intro')}</p>
      <h2 class="govuk-heading-m">{text(language, 'life.events')}</h2>
      {events.length === 0 ? <p class="govuk-body">{text(language, 'life.none')}</p> : null}
      {events.map((event) => (
        <section key={event.id}>
          <h3 class="govuk-heading-s">{whatOf(event, language)}</h3>
          <SummaryList
            rows={[
              { key: text(language, 'life.state'), value: stateOf(event, language) },
              { key: text(language, 'life.occurred'), value: dayOf(event.occurredOn, language) },
              { key: text(language, 'life.recorded'), value: momentOf(event.recordedAt, language) },
            ]}
          />
          <QuestionLink language={language} id={event.id} what={whatOf(event, language)} />
        </section>
      ))}
      <h2 class="govuk-heading-m">{text(language, 'life.representations')}</h2>
      {representations.length === 0 ? <p class="govuk-body">{text(language, 'life.representations_none')}</p> : null}
      {representations.map((one) => (
        <section key={one.id}>
          <h3 class="govuk-heading-s">{representationOf(one, language)}</h3>
          <SummaryList
            rows={[
              { key: text(language, 'life.state'), value: text(language, `life.standing.${one.state}`) },
              { key: text(language, 'life.occurred'), value: momentOf(one.startsAt, language) },
              { key: text(language, 'life.until'), value: momentOf(one.endsAt, language) },
            ]}
          />
          <QuestionLink language={language} id={one.id} what={representationOf(one, language)} />
        </section>
      ))}
    </PortalLayout>
  );
}

/** To the entry of the activity that tells it: there it is questioned like every other. */
function QuestionLink({
  language,
  id,
  what,
}: {
  readonly language: Language;
  readonly id: string;
  readonly what: string;
}): VNode {
  return (
    <p class="govuk-body">
      <a class="govuk-link" href={`${ACTIVITY}/${id}`}>
        {text(language, 'life.question')}{' '}
        <span class="govuk-visually-hidden">{text(language, 'life.question_hidden', { what })}</span>
      </a>
    </p>
  );
}

function whatOf({ kind, reversesId }: OwnLifeEvent, language: Language): string {
  const what = text(language, `life.event.${kind}`);
  return reversesId === null ? what : text(language, 'life.reversal', { what });
}

function stateOf({ state, suspendsUntil }: OwnLifeEvent, language: Language): string {
  const until = suspendsUntil === null ? '' : momentOf(suspendsUntil, language);
  return text(language, `life.state.${state}`, { until });
}

function representationOf({ kind, side, other }: OwnRepresentation, language: Language): string {
  return text(language, 'life.representation', { kind, side, other: other ?? text(language, 'life.nobody') });
}

/** A calendar date has no time zone. */
function dayOf(date: string, language: Language): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone: 'UTC' });
  return format.format(Date.parse(date));
}
