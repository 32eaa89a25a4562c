import type { ComponentChildren, VNode } from 'preact';

import { mandate as mandateLine, question as questionLine, Say } from '../assistance/letter-lines.ts';
import type { MyConfirmationResponse } from '../confirmations/own-confirmations.dto.ts';
import { CodeForm } from '../desk/desk-parts.tsx';
import type { MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import { HelpLayout } from './help-layout.tsx';
import { helpPath, type HelpSaid } from './help-said.ts';

export interface HelpQuestionsPageProps {
  readonly page: Page;
  readonly callId: string;
  readonly questions: readonly MyConfirmationResponse[];
  readonly asked: readonly MyMandateResponse[];
  readonly spoken: Language;
  readonly said: HelpSaid | null;
}

/** What waits for the caller's yes or no. */
export function HelpQuestionsPage({ page, callId, questions, asked, spoken, said }: HelpQuestionsPageProps): VNode {
  const { language } = page;
  const here = `${helpPath(callId)}/questions`;
  const say = new Say(spoken);
  return (
    <HelpLayout page={page} callId={callId} title="help.questions" said={said}>
      <Part title={text(language, 'help.action_questions')} none={questions.length === 0 ? page : null}>
        {questions.map((one) => (
          <div class="desk-asked" key={one.id}>
            <p lang={spoken}>{questionLine(one, say)?.[0]}</p>
            {one.by_session ? (
              <p>{text(language, 'help.by_session')}</p>
            ) : (
              <CodeForm
                page={page}
                action={`${here}/${one.id}/yes`}
                id={`code-${one.id}`}
                label="help.code"
                button="help.enter"
              />
            )}
            <No page={page} action={`${here}/${one.id}/no`} />
          </div>
        ))}
      </Part>
      <Part title={text(language, 'help.asked')} none={asked.length === 0 ? page : null}>
        {asked.map((one) => (
          <div class="desk-asked" key={one.id}>
            <p lang={spoken}>{mandateLine(one, say)?.[0]}</p>
            <Form page={page} action={`${helpPath(callId)}/asked/${one.id}/yes`}>
              <Button>{text(language, 'help.yes_code')}</Button>
            </Form>
            <No page={page} action={`${helpPath(callId)}/asked/${one.id}/no`} />
          </div>
        ))}
      </Part>
    </HelpLayout>
  );
}

interface PartProps {
  readonly title: string;
  /** The page, where there is nothing to show. */
  readonly none: Page | null;
  readonly children: ComponentChildren;
}

function Part({ title, none, children }: PartProps): VNode {
  return (
    <section class="desk-card">
      <h2 class="desk-subtitle">{title}</h2>
      {none === null ? children : <p>{text(none.language, 'help.none')}</p>}
    </section>
  );
}

function No({ page, action }: { readonly page: Page; readonly action: string }): VNode {
  const { language } = page;
  return (
    <Form page={page} action={action}>
      <div class="desk-buttons">
        <label>
          <input type="checkbox" name="block" value="yes" /> {text(language, 'help.block')}
        </label>
        <Button kind="secondary">{text(language, 'help.no')}</Button>
      </div>
    </Form>
  );
}
