import type { VNode } from 'preact';
import type { Organisation } from '../config/organisation.ts';
import { Layout } from '../pages/layout.tsx';
import { SummaryList } from '../pages/parts.tsx';
import type { InboxMessage } from './demo-inbox.repository.ts';

const REFRESH_SECONDS = 5;

export interface InboxPageProps {
  readonly sender: Organisation;
  readonly messages: readonly InboxMessage[];
  /** Whose messages are shown; null = everybody's. */
  readonly recipient: string | null;
  /** Only when asked for: a page that changes by itself is lost to who reads it aloud or slowly (WCAG 2.2.1). */
  readonly isRefreshing: boolean;
}

/** A tool for whoever tries this service, not for holders: in English alone. */
export function InboxPage({ sender, messages, recipient, isRefreshing }: InboxPageProps): VNode {
  return (
    <Layout
      language="en"
      title="Sandbox inbox"
      sender={sender}
      {...(isRefreshing ? { refreshSeconds: REFRESH_SECONDS } : {})}
    >
      <p class="govuk-body">
        <strong class="govuk-tag govuk-tag--orange">Sandbox</strong>
      </p>
      <h1 class="govuk-heading-l">Sandbox inbox</h1>
      <p class="govuk-body">
        Messages that were kept here instead of being sent, the newest first. Nobody received them.{' '}
        <a class="govuk-link" href={addressOf(recipient, !isRefreshing)}>
          {isRefreshing ? 'Stop loading this page again' : `Load this page again every ${REFRESH_SECONDS} seconds`}
        </a>
      </p>
      {recipient === null ? null : (
        <p class="govuk-body">
          Only for {recipient}.{' '}
          <a class="govuk-link" href={addressOf(null, isRefreshing)}>
            Show all
          </a>
        </p>
      )}
      {messages.length === 0 ? (
        <p class="govuk-body">No messages yet.</p>
      ) : (
        messages.map((message) => card(message, isRefreshing))
      )}
    </Layout>
  );
}

function card(message: InboxMessage, isRefreshing: boolean): VNode {
  const { id, route, recipient, subject, body, link, receivedAt, hasLetter } = message;
  return (
    <article class="govuk-summary-card" key={id} aria-labelledby={`subject-${id}`}>
      <div class="govuk-summary-card__title-wrapper">
        <h2 class="govuk-summary-card__title" id={`subject-${id}`}>
          {subject ?? route}
        </h2>
      </div>
      <div class="govuk-summary-card__content">
        <SummaryList
          rows={[
            {
              key: 'To',
              value: (
                <a class="govuk-link" href={addressOf(recipient, isRefreshing)}>
                  {recipient}
                </a>
              ),
            },
            { key: 'By', value: route },
            { key: 'At', value: <time dateTime={receivedAt.toISOString()}>{receivedAt.toISOString()}</time> },
            { key: 'Text', value: <p class="mandaat-text">{body}</p> },
            ...(hasLetter
              ? [
                  {
                    key: 'Letter',
                    value: (
                      <a class="govuk-link" href={`/demo/inbox/${id}/letter.pdf`}>
                        Open the letter as it is printed
                      </a>
                    ),
                  },
                ]
              : []),
            ...(link === null
              ? []
              : [
                  {
                    key: 'Page',
                    value: (
                      <a class="govuk-link" href={link}>
                        Open the page in this message
                      </a>
                    ),
                  },
                ]),
          ]}
        />
      </div>
    </article>
  );
}

function addressOf(recipient: string | null, isRefreshing: boolean): string {
  const query = new URLSearchParams();
  if (recipient !== null) query.set('recipient', recipient);
  if (isRefreshing) query.set('refresh', 'on');
  return query.size === 0 ? '/demo/inbox' : `/demo/inbox?${query.toString()}`;
}
