import type { VNode } from 'preact';

import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, SummaryList } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Session } from '../sessions/session.ts';

export interface HomePageProps {
  readonly page: Page;
}

export function HomePage({ page }: HomePageProps): VNode {
  const { language } = page;
  const title = text(language, 'portal.home');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{text(language, 'home.welcome')}</h1>
      <p class="govuk-body">{text(language, 'home.intro')}</p>
    </PortalLayout>
  );
}

export interface SessionsPageProps {
  readonly page: Page;
  /** Never empty: the reader's own is among them. */
  readonly sessions: readonly Session[];
  readonly currentId: string;
}

/** Where the reader is signed in, and how to end that. */
export function SessionsPage({ page, sessions, currentId }: SessionsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'portal.sessions');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'sessions.intro')}</p>
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
