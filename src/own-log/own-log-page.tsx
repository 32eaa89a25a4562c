import type { VNode } from 'preact';

import { DeskLayout } from '../desk/desk-layout.tsx';
import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { text } from '../pages/text.ts';
import type { Policy } from '../policy/policy.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { LoggedCall, LoggedRecord, OwnLogPage as Found } from './own-log.service.ts';

export const OWN_LOG = '/desk/log';

export interface OwnLogPageProps {
  readonly page: Page;
  readonly found: Found;
  /** For the names of actions. */
  readonly policy: Policy;
}

/** Call by call what the reader did. */
export function OwnLogPage({ page, found, policy }: OwnLogPageProps): VNode {
  const { language } = page;
  const title = text(language, 'log.title');
  return (
    <DeskLayout page={page} title={title} ownPath={OWN_LOG}>
      <div class="desk-card">
        <h1 class="desk-title">{title}</h1>
        <p>{text(language, 'log.intro')}</p>
        {found.calls.length === 0 ? <p>{text(language, 'log.none')}</p> : null}
      </div>
      {found.calls.map((call) => (
        <Call key={call.id} language={language} call={call} policy={policy} />
      ))}
      {found.next === null ? null : (
        <p>
          <a class="govuk-link" href={`${OWN_LOG}?after=${found.next}`}>
            {text(language, 'log.older')}
          </a>
        </p>
      )}
    </DeskLayout>
  );
}

export interface LoggedCallPageProps {
  readonly page: Page;
  readonly call: LoggedCall;
  readonly policy: Policy;
}

/** What more there is of one call. */
export function LoggedCallPage({ page, call, policy }: LoggedCallPageProps): VNode {
  const { language } = page;
  const title = text(language, 'log.more_title');
  return (
    <DeskLayout page={page} title={title}>
      <div class="desk-card">
        <div class="desk-head">
          <h1 class="desk-title">{title}</h1>
          <a class="govuk-link" href={OWN_LOG}>
            {text(language, 'log.back')}
          </a>
        </div>
      </div>
      <Call language={language} call={call} policy={policy} />
    </DeskLayout>
  );
}

interface CallProps {
  readonly language: Language;
  readonly call: LoggedCall;
  readonly policy: Policy;
}

function Call({ language, call, policy }: CallProps): VNode {
  const { id, channel, caseRef, openedAt, records, next } = call;
  const heading = `call-${id}`;
  return (
    <section class="desk-card" aria-labelledby={heading}>
      <h2 class="desk-subtitle" id={heading}>
        {momentOf(openedAt, language)} – {text(language, `desk.channel.${channel}`)}
      </h2>
      <dl class="desk-facts">
        <dt>{text(language, 'log.call')}</dt>
        <dd>
          <code>{id}</code>
        </dd>
        {caseRef === null ? null : (
          <>
            <dt>{text(language, 'desk.case_ref')}</dt>
            <dd>{caseRef}</dd>
          </>
        )}
      </dl>
      <ul class="govuk-list">
        {records.map((record) => (
          <li key={record.id}>
            {momentOf(record.at, language)}: {wordsOf(record, language, policy)}
          </li>
        ))}
      </ul>
      {next === null ? null : (
        <p>
          <a class="govuk-link" href={`${OWN_LOG}/${id}?after=${next}`}>
            {text(language, 'log.more')}{' '}
            <span class="govuk-visually-hidden">
              {text(language, 'log.more_hidden', { moment: momentOf(openedAt, language) })}
            </span>
          </a>
        </p>
      )}
    </section>
  );
}

/** A look at everything is counted: the list of an hour would be too long to find anything in. */
const NAMED = 5;

function wordsOf({ kind, decisions }: LoggedRecord, language: Language, policy: Policy): string {
  const what = text(language, `log.kind.${kind}`);
  if (decisions.length === 0) return what;
  if (decisions.length > NAMED) {
    const permits = decisions.filter(({ outcome }) => outcome === 'permit').length;
    return `${what}: ${text(language, 'log.counted', { asked: decisions.length, permits })}`;
  }
  const each = decisions.map(({ action, outcome, isDone }) => {
    const title = policy.actions.get(action)?.title[language] ?? action;
    return `${title} (${text(language, isDone ? 'log.done' : `log.outcome.${outcome}`)})`;
  });
  return `${what}: ${each.join(', ')}`;
}
