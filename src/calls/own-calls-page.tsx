import type { VNode } from 'preact';

import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { SummaryList } from '../pages/parts.tsx';
import { PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { OwnCall } from './reverse-verification.service.ts';

export interface OwnCallsPageProps {
  readonly page: Page;
  readonly calls: readonly OwnCall[];
}

/** "Am I really talking to you?" */
export function OwnCallsPage({ page, calls }: OwnCallsPageProps): VNode {
  const { language, sender } = page;
  const title = text(language, 'portal.calls');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'calls.intro')}</p>
      {calls.length === 0 ? (
        <p class="govuk-body">{text(language, 'calls.none', { phone: sender.phone })}</p>
      ) : (
        calls.map(({ id, code, channel, openedAt, agent }) => (
          <section key={id}>
            <h2 class="govuk-heading-m">
              {text(language, 'calls.code')} <span class="mandaat-code">{`${code.slice(0, 3)} ${code.slice(3)}`}</span>
            </h2>
            <SummaryList
              rows={[
                { key: text(language, 'calls.contact'), value: text(language, `channel.${channel}`) },
                { key: text(language, 'calls.since'), value: momentOf(openedAt, language) },
                ...(agent === null ? [] : [{ key: text(language, 'calls.agent'), value: agent.pseudonym }]),
              ]}
            />
          </section>
        ))
      )}
    </PortalLayout>
  );
}
