import type { VNode } from 'preact';

import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary, Panel, Radios, SummaryList, TextInput } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { TextArea } from '../pages/parts.tsx';
import { ACTIVITY_CATEGORIES } from './activity-kinds.ts';
import { whoInWords, whyInWords } from './activity-words.ts';
import { type ActivityForm, EXPORT, nextOf } from './activity.dto.ts';
import type { ActivityEntry, ActivityPage } from './activity.service.ts';
import { type Incident, STOPS } from './incident.ts';
import type { Questioned } from './incidents.service.ts';

/** Where the list is. */
export const ACTIVITY = '/portal/activity';

export interface ActivityListProps {
  readonly page: Page;
  readonly typed: ActivityForm;
  /** Null = what was typed is no period. */
  readonly found: ActivityPage | null;
}

/** What happened, the newest first, and what of it to show. */
export function ActivityListPage({ page, typed, found }: ActivityListProps): VNode {
  const { language } = page;
  const title = text(language, 'portal.activity');
  const fault = found === null ? text(language, 'activity.day_fault') : undefined;
  return (
    <PortalLayout page={page} title={title} hasErrors={fault !== undefined}>
      <ErrorSummary language={language} errors={fault === undefined ? [] : [{ text: fault, field: 'from' }]} />
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{text(language, 'activity.intro')}</p>
      <form method="get" action={ACTIVITY} novalidate>
        <Radios
          name="category"
          legend={text(language, 'activity.filter')}
          chosen={typed.category ?? ''}
          options={[
            { value: '', label: text(language, 'activity.all') },
            ...ACTIVITY_CATEGORIES.map((value) => ({ value, label: text(language, `activity.category.${value}`) })),
          ]}
        />
        {(['from', 'to'] as const).map((name) => (
          <TextInput
            key={name}
            language={language}
            name={name}
            label={text(language, name === 'from' ? 'activity.from' : 'activity.until')}
            hint={text(language, 'activity.day_hint')}
            value={typed[name] ?? ''}
            autocomplete="off"
            error={name === 'from' ? fault : undefined}
          />
        ))}
        <Button kind="secondary">{text(language, 'activity.show')}</Button>
      </form>
      {found === null || found.entries.length === 0 ? null : (
        <p class="govuk-body">
          <a class="govuk-link" href={partHref(`${ACTIVITY}/export`, typed)}>
            {text(language, 'activity.download')}
          </a>{' '}
          {text(language, 'activity.download_text', { count: EXPORT })}
        </p>
      )}
      {found?.entries.length === 0 ? <p class="govuk-body">{text(language, 'activity.none')}</p> : null}
      {found?.entries.map((entry) => (
        <section key={entry.id}>
          <h2 class="govuk-heading-s">{entry.sentence}</h2>
          <EntryList page={page} entry={entry} />
          <p class="govuk-body">
            <a class="govuk-link" href={`${ACTIVITY}/${entry.id}`}>
              {text(language, 'activity.question')}{' '}
              <span class="govuk-visually-hidden">
                {text(language, 'activity.question_hidden', { moment: momentOf(entry.at, language) })}
              </span>
            </a>
          </p>
        </section>
      ))}
      {found === null || found.next === null ? null : (
        <p class="govuk-body">
          <a class="govuk-link" href={partHref(ACTIVITY, typed, nextOf(found.next) ?? '')}>
            {text(language, 'activity.older')}
          </a>
        </p>
      )}
    </PortalLayout>
  );
}

/** The address of what was asked for, or of what comes behind it. */
function partHref(path: string, { category, from, to }: ActivityForm, after = ''): string {
  const asked = Object.entries({ category, from, to, after });
  const given = asked.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

function EntryList({ page, entry }: { readonly page: Page; readonly entry: ActivityEntry }): VNode {
  const { language } = page;
  const { at, who, call, category, details } = entry;
  const why = whyInWords(call, language);
  return (
    <SummaryList
      rows={[
        {
          key: text(language, 'activity.when'),
          value: `${momentOf(at, language)} – ${text(language, `activity.category.${category}`)}`,
        },
        { key: text(language, 'activity.who'), value: whoInWords(who, language) },
        ...(why === null ? [] : [{ key: text(language, 'activity.why'), value: why }]),
        ...(details.length === 0
          ? []
          : [
              {
                key: text(language, 'activity.details'),
                value: (
                  <ul class="govuk-list">
                    {details.map((one) => (
                      <li key={one}>{one}</li>
                    ))}
                  </ul>
                ),
              },
            ]),
      ]}
    />
  );
}

export interface QuestionPageProps {
  readonly page: Page;
  readonly questioned: Questioned;
  readonly typed: { readonly text: string; readonly stop: string };
  readonly isFaulty: boolean;
}

/** "This is not right": what isn't, and whether to stop at once what it was done by. */
export function QuestionPage({ page, questioned, typed, isFaulty }: QuestionPageProps): VNode {
  const { language } = page;
  const { entry, mandates } = questioned;
  const title = text(language, 'incident.title');
  const fault = isFaulty ? text(language, 'incident.text_fault') : undefined;
  return (
    <PortalLayout page={page} title={title} hasErrors={isFaulty}>
      <ErrorSummary language={language} errors={fault === undefined ? [] : [{ text: fault, field: 'text' }]} />
      <h1 class="govuk-heading-l">{title}</h1>
      <h2 class="govuk-heading-s">{entry.sentence}</h2>
      <EntryList page={page} entry={entry} />
      <p class="govuk-body">
        <a class="govuk-link" href={`${ACTIVITY}/${entry.id}/proof`}>
          {text(language, 'proof.download')}
        </a>{' '}
        {text(language, 'proof.text')}{' '}
        <a class="govuk-link" href="/v1/audit/checkpoint-keys">
          {text(language, 'proof.keys')}
        </a>
      </p>
      <p class="govuk-body">{text(language, 'incident.intro')}</p>
      <Form page={page} action={`${ACTIVITY}/${entry.id}`}>
        <TextArea
          language={language}
          name="text"
          label={text(language, 'incident.text')}
          hint={text(language, 'incident.text_hint')}
          value={typed.text}
          error={fault}
        />
        {mandates.length === 0 ? null : (
          <Radios
            name="stop"
            legend={text(language, 'incident.stop', { count: mandates.length })}
            chosen={STOPS.find((one) => one === typed.stop) ?? 'none'}
            options={STOPS.map((value) => ({ value, label: text(language, `incident.stop_${value}`) }))}
          />
        )}
        <Button>{text(language, 'incident.send')}</Button>
      </Form>
    </PortalLayout>
  );
}

export interface NoProofPageProps {
  readonly page: Page;
  readonly id: string;
  /** Within how many minutes there will be one; null = never: the entry isn't what was signed. */
  readonly minutes: number | null;
}

/** Why there is no proof of an entry now, and what to do. */
export function NoProofPage({ page, id, minutes }: NoProofPageProps): VNode {
  const { language, sender } = page;
  const title = text(language, minutes === null ? 'proof.none' : 'proof.later');
  return (
    <PortalLayout page={page} title={title}>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">
        {minutes === null
          ? text(language, 'proof.none_text', { phone: sender.phone, id })
          : text(language, 'proof.later_text', { count: minutes })}
      </p>
      <p class="govuk-body">
        <a class="govuk-link" href={`${ACTIVITY}/${id}`}>
          {text(language, 'proof.back')}
        </a>
      </p>
    </PortalLayout>
  );
}

export interface ReportedPageProps {
  readonly page: Page;
  readonly incident: Incident;
  /** How many mandates count no more since; null = not known here. */
  readonly stopped: number | null;
}

/** That we have it. */
export function ReportedPage({ page, incident, stopped }: ReportedPageProps): VNode {
  const { language, sender } = page;
  const title = text(language, incident.state === 'open' ? 'incident.done' : 'activity.incident.closed');
  return (
    <PortalLayout page={page} title={title}>
      <Panel title={title}>{stopped === null ? null : text(language, 'incident.stopped', { count: stopped })}</Panel>
      <p class="govuk-body">{text(language, 'incident.done_text', { id: incident.id, phone: sender.phone })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={ACTIVITY}>
          {text(language, 'incident.back')}
        </a>
      </p>
    </PortalLayout>
  );
}
