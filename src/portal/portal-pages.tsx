import type { VNode } from 'preact';

import { GiveLink, MandateList } from '../my-mandates/my-mandates-pages.tsx';
import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, Notice, SummaryList } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Session } from '../sessions/session.ts';

export interface HomePageProps {
  readonly page: Page;
  /** The newest live ones. */
  readonly given: readonly OwnMandate[];
  readonly got: readonly OwnMandate[];
  /** Questions that wait for the reader's yes or no. */
  readonly waiting: number;
}

export function HomePage({ page, given, got, waiting }: HomePageProps): VNode {
  const { language } = page;
  const title = text(language, 'portal.home');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{text(language, 'home.welcome')}</h1>
      <p class="govuk-body">{text(language, 'home.intro')}</p>
      {waiting === 0 ? null : (
        <Notice title={text(language, 'questions.waiting', { n: waiting })}>
          <a class="govuk-notification-banner__link" href="/portal/questions">
            {text(language, 'questions.answer')}
          </a>
        </Notice>
      )}
      <h2 class="govuk-heading-m">{text(language, 'mandates.given')}</h2>
      <MandateList language={language} mandates={given} none="mandates.none" />
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/mandates">
          {text(language, 'mandates.all')}
        </a>
      </p>
      <GiveLink language={language} />
      <h2 class="govuk-heading-m">{text(language, 'mandates.got')}</h2>
      <MandateList language={language} mandates={got} none="mandates.got_none" />
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/life">
          {text(language, 'life.link')}
        </a>
      </p>
    </PortalLayout>
  );
}

export interface SessionsPageProps {
  readonly page: Page;
  /** Never empty: the reader's own is among them. */
  readonly sessions: readonly Session[];
  readonly currentId: string;
  /** They have just ended all others. */
  readonly areOthersEnded: boolean;
}

/** Where the reader is signed in, and how to end that. */
export function SessionsPage({ page, sessions, currentId, areOthersEnded }: SessionsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'portal.sessions');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      {areOthersEnded ? (
        <p class="govuk-body" role="status">
          <strong>{text(language, 'sessions.others_ended')}</strong>
        </p>
      ) : null}
      <p class="govuk-body">{text(language, 'sessions.intro')}</p>
      {sessions.length > 1 ? (
        <Form page={page} action="/portal/sessions/end-others">
          <Button>{text(language, 'sessions.end_others')}</Button>
        </Form>
      ) : null}
      {sessions.map((session) => (
        <section key={session.id}>
          <h2 class="govuk-heading-m">
            {text(language, session.id === currentId ? 'sessions.this' : 'sessions.other')}
          </h2>
          <SummaryList
            rows={[
              { key: text(language, 'sessions.opened'), value: momentOf(session.openedAt, language) },
              { key: text(language, 'sessions.used'), value: momentOf(session.usedAt, language) },
              {
                key: text(language, 'sessions.how'),
                value: session.methods.map((method) => text(language, `method.${method}`)).join(', '),
              },
            ]}
          />
          <Form page={page} action={`/portal/sessions/${session.id}/end`}>
            <Button kind="secondary">
              {text(language, 'sessions.end')}{' '}
              <span class="govuk-visually-hidden">
                {text(language, 'sessions.end_hidden', { moment: momentOf(session.openedAt, language) })}
              </span>
            </Button>
          </Form>
        </section>
      ))}
    </PortalLayout>
  );
}
