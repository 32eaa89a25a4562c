import type { VNode } from 'preact';

import type { Page } from '../pages/page.ts';
import { SummaryList } from '../pages/parts.tsx';
import { PortalLayout } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { ActionRule, Policy, Requirement } from '../policy/policy.ts';
import { CHANNELS, type Channel, type Language } from '../policy/vocabulary.ts';

/** How much of the policy's hash tells one from another. */
const SHORT_HASH = 12;

export interface LimitsPageProps {
  readonly page: Page;
  readonly policy: Policy;
}

/** The policy for people: what may be arranged for somebody, by whom, and what that takes. */
export function LimitsPage({ page, policy }: LimitsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'limits.title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'limits.intro')}</p>
      <h2 class="govuk-heading-m">{text(language, 'limits.ways')}</h2>
      <ul class="govuk-list govuk-list--bullet">
        {[...policy.channels].map(([channel, { acceptsProxies, alternatives }]) => (
          <li key={channel}>
            {acceptsProxies
              ? text(language, 'limits.way_open', { way: wayOf(language, channel) })
              : text(language, 'limits.way_closed', {
                  way: wayOf(language, channel),
                  others: alternatives.map((other) => wayOf(language, other)).join(', '),
                })}
          </li>
        ))}
      </ul>
      {[...policy.scopes.values()].map((scope) => (
        <section key={scope.name} aria-labelledby={`scope-${scope.name}`}>
          <h2 class="govuk-heading-m" id={`scope-${scope.name}`}>
            {scope.title[language]}
          </h2>
          <p class="govuk-body">{scope.text[language]}</p>
          <p class="govuk-body">{text(language, 'limits.never', { what: scope.excludes[language] })}</p>
          {[...policy.actions.values()]
            .filter((action) => action.scope === scope.name)
            .map((action) => (
              <Action key={action.name} language={language} action={action} />
            ))}
        </section>
      ))}
      <p class="govuk-body-s">
        {text(language, 'limits.version', { name: policy.name, hash: policy.hash.slice(0, SHORT_HASH) })}
      </p>
    </PortalLayout>
  );
}

function Action({ language, action }: { readonly language: Language; readonly action: ActionRule }): VNode {
  const { title, holder, proxy, safeDelivery, condition, channels } = action;
  const more = [
    ...(condition === null ? [] : [text(language, 'limits.bounded')]),
    ...(safeDelivery === null
      ? []
      : [text(language, 'limits.safe', { maximum: safeDelivery.maximum, days: safeDelivery.perDays })]),
  ];
  const rows = [
    { key: text(language, 'limits.self'), value: [...needs(language, holder, false), ...more].join(' ') },
    {
      key: text(language, 'limits.proxy'),
      value:
        proxy === null
          ? [text(language, 'limits.not_by_proxy'), ...more.slice(condition === null ? 0 : 1)].join(' ')
          : [...needs(language, proxy, true), ...more].join(' '),
    },
    {
      key: text(language, 'limits.where'),
      value:
        channels.length === 0
          ? text(language, 'limits.nowhere')
          : CHANNELS.filter((channel) => channels.includes(channel))
              .map((channel) => wayOf(language, channel))
              .join(', '),
    },
  ];
  return (
    <>
      <h3 class="govuk-heading-s">{title[language]}</h3>
      <SummaryList rows={rows} />
    </>
  );
}

/** In words: what is needed of the mandate, of who calls, and of the holder at that moment. */
function needs(language: Language, { mandate, caller, confirmation }: Requirement, isProxy: boolean): string[] {
  const keys: TextKey[] = [
    ...(isProxy ? [`limits.mandate_${mandate}` as const] : []),
    `limits.caller_${caller}`,
    ...(confirmation === 0 ? [] : [`limits.yes_${confirmation}` as const]),
  ];
  return keys.map((key) => text(language, key));
}

function wayOf(language: Language, channel: Channel): string {
  return text(language, `channel.${channel}`);
}
