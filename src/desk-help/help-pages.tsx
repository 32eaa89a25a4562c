import type { VNode } from 'preact';

import { timeOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { HelpLayout } from './help-layout.tsx';
import { helpPath, type HelpSaid } from './help-said.ts';

export interface HelpPageProps {
  readonly page: Page;
  readonly callId: string;
  /** When the caller showed who they are; null = nothing was begun. */
  readonly provedAt: Date | null;
  readonly said: HelpSaid | null;
}

/** Where it begins, and what there is. */
export function HelpPage({ page, callId, provedAt, said }: HelpPageProps): VNode {
  const { language } = page;
  const isClosed = provedAt === null;
  return (
    <HelpLayout page={page} callId={callId} title="help.title" said={said} isClosed={isClosed}>
      <div class="desk-card">
        <p>{text(language, 'help.intro')}</p>
        <p>
          {isClosed
            ? text(language, 'help.first')
            : text(language, 'help.proved', { time: timeOf(provedAt, language) })}
        </p>
        <Form page={page} action={helpPath(callId)}>
          <Button kind={isClosed ? 'primary' : 'secondary'}>
            {text(language, isClosed ? 'help.begin' : 'help.begin_again')}
          </Button>
        </Form>
      </div>
      <div class="desk-card">
        <p>{text(language, 'help.register')}</p>
        <p>
          <a class="govuk-link" href="/desk/files/registrations/new">
            {text(language, 'files.new_registration')}
          </a>
        </p>
      </div>
    </HelpLayout>
  );
}
