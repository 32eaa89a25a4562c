import type { VNode } from 'preact';

import { DeskLayout } from '../desk/desk-layout.tsx';
import { DeskField } from '../desk/desk-parts.tsx';
import type { LifeEventResponse } from '../life-events/life-events.dto.ts';
import type { RepresentationResponse } from '../life-events/representations.dto.ts';
import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { RegistrationResponse } from '../registrations/registrations.dto.ts';
import { EVENTS, FILES, IMPORT, REGISTRATIONS, REPRESENTATIONS } from './file-paths.ts';
import { nameOfEvent } from './file-words.ts';

export interface FilesPageProps {
  readonly page: Page;
  /** Of whom; null = what waits for a second employee. */
  readonly person: string | null;
  readonly events: readonly LifeEventResponse[];
  readonly representations: readonly RepresentationResponse[];
  readonly registrations: readonly RegistrationResponse[];
}

/** What waits for a second employee, or what is on file of one customer. */
export function FilesPage({ page, person, events, representations, registrations }: FilesPageProps): VNode {
  const { language } = page;
  const title = text(language, 'files.title');
  const rows = (one: { id: string; recorded_by: string; recorded_at: string }) => ({
    by: one.recorded_by,
    at: one.recorded_at,
  });
  return (
    <DeskLayout page={page} title={title}>
      <div class="desk-card">
        <h1 class="desk-title">{title}</h1>
        <p>{text(language, 'files.intro')}</p>
        <p class="desk-buttons">
          {(
            [
              [`${EVENTS}/new`, 'files.new_event'],
              [`${REPRESENTATIONS}/new`, 'files.new_representation'],
              [IMPORT, 'files.new_import'],
              [`${REGISTRATIONS}/new`, 'files.new_registration'],
            ] as const
          ).map(([path, key]) => (
            <a key={path} class="govuk-link" href={path}>
              {text(language, key)}
            </a>
          ))}
        </p>
        <form method="get" action={FILES}>
          <div class="desk-line">
            <DeskField
              id="person"
              name="person"
              label={text(language, 'files.search')}
              hint={text(language, 'files.person')}
              value={person ?? ''}
            />
            <Button kind="secondary">{text(language, 'files.find')}</Button>
          </div>
        </form>
      </div>
      <h2 class="desk-title">
        {person === null ? text(language, 'files.waiting') : text(language, 'files.of_person', { person })}
      </h2>
      <List
        language={language}
        title="files.events"
        rows={events.map((one) => ({
          ...rows(one),
          path: `${EVENTS}/${one.id}`,
          what: nameOfEvent(language, one),
          whose: one.person,
          state: text(language, `files.event_state.${one.state}`),
        }))}
      />
      <List
        language={language}
        title="files.representations"
        rows={representations.map((one) => ({
          ...rows(one),
          path: `${REPRESENTATIONS}/${one.id}`,
          what: text(language, `files.rep.${one.kind}`),
          whose: `${one.representative} → ${one.holder}`,
          state: text(language, `files.rep_state.${one.state}`),
        }))}
      />
      {person === null ? (
        <List
          language={language}
          title="files.registrations"
          rows={registrations.map((one) => ({
            by: one.registered_by,
            at: one.registered_at,
            path: `${REGISTRATIONS}/${one.id}`,
            what: one.mandate_ref,
            whose: `${one.holder} → ${one.proxy}`,
            state: text(language, `files.reg_state.${one.state}`),
          }))}
        />
      ) : null}
    </DeskLayout>
  );
}

interface ListProps {
  readonly language: Language;
  readonly title: TextKey;
  readonly rows: readonly {
    readonly path: string;
    readonly what: string;
    readonly whose: string;
    readonly state: string;
    readonly by: string;
    readonly at: string;
  }[];
}

const COLUMNS = ['files.what', 'files.whose', 'files.state', 'files.by', 'files.at'] as const;

function List({ language, title, rows }: ListProps): VNode {
  return (
    <section class="desk-card" aria-labelledby={title}>
      <h3 class="desk-subtitle" id={title}>
        {text(language, title)}
      </h3>
      {rows.length === 0 ? (
        <p class="desk-small">{text(language, 'files.none')}</p>
      ) : (
        <div class="desk-wide">
          <table class="desk-table">
            <thead>
              <tr>
                {COLUMNS.map((key) => (
                  <th key={key} scope="col">
                    {text(language, key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ path, what, whose, state, by, at }) => (
                <tr key={path}>
                  <td>
                    <a class="govuk-link" href={path}>
                      {what}
                    </a>
                  </td>
                  <td>{whose}</td>
                  <td>{state}</td>
                  <td>{by}</td>
                  <td>{momentOf(new Date(at), language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
