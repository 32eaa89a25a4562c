import type { VNode } from 'preact';

import type { SupportCode } from '../codes/support-codes.service.ts';
import { momentOf } from '../pages/moments.ts';
import { withBack } from '../pages/own-path.ts';
import { PROVE } from '../pages/page.filter.ts';
import type { Page } from '../pages/page.ts';
import { Button, SummaryList } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Level } from '../policy/vocabulary.ts';
import type { OwnCall } from './reverse-verification.service.ts';

export const OWN_CALLS = '/portal/calls';

export interface OwnCallsPageProps {
  readonly page: Page;
  readonly calls: readonly OwnCall[];
  /** The one that was asked for in this session. */
  readonly supportCode: SupportCode | null;
  /** Of this session. */
  readonly strength: Level;
}

/** "Am I really talking to you?", and the other way about. */
export function OwnCallsPage({ page, calls, supportCode, strength }: OwnCallsPageProps): VNode {
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
              {text(language, 'calls.code')} <Digits code={code} />
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
      <Support page={page} supportCode={supportCode} strength={strength} />
    </PortalLayout>
  );
}

/** What the reader can read out, when they called us. */
function Support({ page, supportCode, strength }: Pick<OwnCallsPageProps, 'page' | 'supportCode' | 'strength'>): VNode {
  const { language } = page;
  return (
    <section>
      <h2 class="govuk-heading-m">{text(language, 'support.title')}</h2>
      <p class="govuk-body">{text(language, 'support.intro')}</p>
      {supportCode === null ? null : (
        <>
          <p class="govuk-body-l" role="status">
            {text(language, 'support.code')} <Digits code={supportCode.code} />
          </p>
          <p class="govuk-body">
            {text(language, 'support.until', { moment: momentOf(supportCode.expiresAt, language) })}
          </p>
        </>
      )}
      {strength < 2 ? (
        <p class="govuk-body">
          {text(language, 'support.too_weak')}{' '}
          <a class="govuk-link" href={withBack(PROVE, OWN_CALLS)}>
            {text(language, 'ways.prove')}
          </a>
        </p>
      ) : (
        <Form page={page} action={`${OWN_CALLS}/support-code`}>
          <Button kind="secondary">{text(language, supportCode === null ? 'support.get' : 'support.another')}</Button>
        </Form>
      )}
    </section>
  );
}

function Digits({ code }: { readonly code: string }): VNode {
  return <span class="mandaat-code">{`${code.slice(0, 3)} ${code.slice(3)}`}</span>;
}
