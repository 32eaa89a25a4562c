import type { VNode } from 'preact';

import { mandate as lineOf, Say } from '../assistance/letter-lines.ts';
import { CodeForm } from '../desk/desk-parts.tsx';
import type { MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import { HelpLayout } from './help-layout.tsx';
import { helpPath, type HelpSaid } from './help-said.ts';

export interface HelpMandatesPageProps {
  readonly page: Page;
  readonly callId: string;
  readonly side: 'holder' | 'proxy';
  readonly mandates: readonly MyMandateResponse[];
  /** Where the list goes on; null = it does not. */
  readonly next: string | null;
  /** In which the caller hears of it. */
  readonly spoken: Language;
  readonly said: HelpSaid | null;
}

/** What the caller gave, or got, and what can be done with each. */
export function HelpMandatesPage(props: HelpMandatesPageProps): VNode {
  const { page, callId, side, mandates, next, spoken, said } = props;
  const { language } = page;
  const here = `${helpPath(callId)}/${side === 'holder' ? 'given' : 'held'}`;
  return (
    <HelpLayout page={page} callId={callId} title={side === 'holder' ? 'help.given' : 'help.held'} said={said}>
      {mandates.length === 0 ? <p class="desk-card">{text(language, 'help.none')}</p> : null}
      {mandates.map((one) => (
        <section class="desk-card" key={one.id} aria-labelledby={one.id}>
          <h2 class="desk-subtitle" id={one.id}>
            {one.mandate_ref}
          </h2>
          <p lang={spoken}>{lineOf(one, new Say(spoken))?.[0]}</p>
          {side === 'holder' ? (
            <Given page={page} path={`${here}/${one.id}`} one={one} />
          ) : (
            <Held page={page} path={`${here}/${one.id}`} one={one} />
          )}
        </section>
      ))}
      {next === null ? null : (
        <p>
          <a class="govuk-link" href={`${here}?after=${next}`}>
            {text(language, 'help.more')}
          </a>
        </p>
      )}
    </HelpLayout>
  );
}

interface OneProps {
  readonly page: Page;
  readonly path: string;
  readonly one: MyMandateResponse;
}

/** A button with what is done in one press; which mandate it is about is told to who can't see it. */
function Act({ page, path, what, one }: OneProps & { readonly what: Act }): VNode {
  return (
    <Form page={page} action={`${path}/${what}`}>
      <Button kind="secondary">
        {text(page.language, ACTS[what])} <span class="govuk-visually-hidden">{one.mandate_ref}</span>
      </Button>
    </Form>
  );
}

const ACTS = {
  suspend: 'help.suspend',
  resume: 'help.resume',
  invite: 'help.invite',
  ask: 'help.ask',
  'ask-letter': 'help.ask_letter',
} as const satisfies Readonly<Record<string, TextKey>>;
type Act = keyof typeof ACTS;

/** What its giver can do with a mandate in each of its states. */
const OF_GIVER: Readonly<Partial<Record<MyMandateResponse['state'], readonly Act[]>>> = {
  draft: ['ask', 'ask-letter'],
  pending_acceptance: ['invite'],
  active: ['suspend'],
  suspended: ['resume'],
};

interface ForGoodProps extends Pick<OneProps, 'page' | 'one'> {
  readonly label: TextKey;
}

/** What can't be undone is no single press. */
function ForGood({ page: { language }, label, one }: ForGoodProps): VNode {
  return (
    <div class="desk-buttons">
      <label>
        <input type="checkbox" name="sure" value="yes" required /> {text(language, 'help.sure')}
      </label>
      <Button kind="warning">
        {text(language, label)} <span class="govuk-visually-hidden">{one.mandate_ref}</span>
      </Button>
    </div>
  );
}

function Given({ page, path, one }: OneProps): VNode {
  const { language } = page;
  return (
    <>
      {one.state === 'draft' ? (
        <CodeForm page={page} action={`${path}/code`} id={`code-${one.id}`} label="help.code" button="help.enter" />
      ) : null}
      <div class="desk-buttons">
        {(OF_GIVER[one.state] ?? []).map((what) => (
          <Act key={what} page={page} path={path} what={what} one={one} />
        ))}
      </div>
      <Form page={page} action={`${path}/withdraw`}>
        <div class="desk-buttons">
          <label>
            <input type="checkbox" name="silent" value="yes" /> {text(language, 'help.silent')}
          </label>
        </div>
        <ForGood page={page} label="help.withdraw" one={one} />
      </Form>
    </>
  );
}

function Held({ page, path, one }: OneProps): VNode {
  return (
    <>
      {one.state === 'pending_acceptance' ? (
        <CodeForm
          page={page}
          action={`${path}/acceptance`}
          id={`code-${one.id}`}
          label="help.acceptance_code"
          button="help.accept"
        />
      ) : null}
      <Form page={page} action={`${path}/renounce`}>
        <ForGood page={page} label="help.renounce" one={one} />
      </Form>
    </>
  );
}
