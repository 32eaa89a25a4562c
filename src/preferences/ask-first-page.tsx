import type { VNode } from 'preact';

import type { Page } from '../pages/page.ts';
import { boxOf, Button, Checkboxes } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { AskFirst } from './ask-first.service.ts';

export const ASK_FIRST = '/portal/preferences/ask-first';

export interface AskFirstPageProps {
  readonly page: Page;
  readonly askFirst: AskFirst;
  readonly isSaved: boolean;
}

/** "Ask me first." */
export function AskFirstPage({ page, askFirst: { groups, canBeAsked }, isSaved }: AskFirstPageProps): VNode {
  const { language } = page;
  const title = text(language, 'ask_first.title');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      {isSaved ? (
        <p class="govuk-body" role="status">
          <strong>{text(language, 'ask_first.saved')}</strong>
        </p>
      ) : null}
      <p class="govuk-body">{text(language, 'ask_first.intro')}</p>
      <p class="govuk-body">{text(language, 'ask_first.not')}</p>
      {canBeAsked ? null : <div class="govuk-inset-text">{text(language, 'ask_first.unreachable')}</div>}
      <Form page={page} action={ASK_FIRST}>
        <Checkboxes
          language={language}
          id="scope"
          legend={text(language, 'ask_first.legend')}
          chosen={groups.flatMap(({ scope, isAskedFirst }) => (isAskedFirst ? [boxOf('scope', scope)] : []))}
          options={groups.map((group) => ({
            name: boxOf('scope', group.scope),
            label: group.title,
            hint: group.actions.join('\n'),
          }))}
        />
        <Button>{text(language, 'preferences.save')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href="/portal/preferences">
          {text(language, 'ask_first.back')}
        </a>
      </p>
    </PortalLayout>
  );
}
