import type { VNode } from 'preact';

import { INCIDENT_STATES, type IncidentState } from '../activity/incident.ts';
import type { ListedIncident } from '../activity/incidents.service.ts';
import { DeskLayout } from '../desk/desk-layout.tsx';
import { DeskText } from '../desk/desk-parts.tsx';
import { DESK_INCIDENTS } from '../desk/desk-paths.ts';
import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';

/** A note that was not taken, and at which incident. */
export interface BadNote {
  readonly id: string;
  readonly text: string;
}

export interface IncidentsPageProps {
  readonly page: Page;
  readonly state: IncidentState;
  readonly incidents: readonly ListedIncident[];
  /** The last one on this page; null = there are no more. */
  readonly next: string | null;
  /** One was closed just now. */
  readonly isDone: boolean;
  readonly bad: BadNote | null;
}

/** What people and agents reported, the oldest first. */
export function IncidentsPage({ page, state, incidents, next, isDone, bad }: IncidentsPageProps): VNode {
  const { language } = page;
  const title = text(language, 'incidents.title');
  const errors = bad === null ? [] : [{ text: text(language, 'incidents.note_fault'), field: `note-${bad.id}` }];
  return (
    <DeskLayout page={page} title={title} ownPath={DESK_INCIDENTS} hasErrors={bad !== null}>
      <ErrorSummary language={language} errors={errors} />
      <div class="desk-card">
        <h1 class="desk-title">{title}</h1>
        <p>{text(language, 'incidents.intro')}</p>
        <p class="desk-buttons">
          {INCIDENT_STATES.map((one) => (
            <a
              key={one}
              class="govuk-link desk-choice"
              href={`${DESK_INCIDENTS}?state=${one}`}
              aria-current={one === state ? 'page' : undefined}
            >
              {text(language, `incidents.state.${one}`)}
            </a>
          ))}
        </p>
      </div>
      {isDone ? (
        <p class="desk-said" role="status">
          <span>{text(language, 'incidents.done')}</span>
        </p>
      ) : null}
      {incidents.length === 0 ? <p>{text(language, 'incidents.none')}</p> : null}
      {incidents.map((one) => (
        <One key={one.id} page={page} one={one} bad={bad?.id === one.id ? bad : null} />
      ))}
      {next === null ? null : (
        <p>
          <a class="govuk-link" href={`${DESK_INCIDENTS}?state=${state}&after=${next}`}>
            {text(language, 'incidents.older')}
          </a>
        </p>
      )}
    </DeskLayout>
  );
}

interface OneProps {
  readonly page: Page;
  readonly one: ListedIncident;
  readonly bad: BadNote | null;
}

function One({ page, one, bad }: OneProps): VNode {
  const { language } = page;
  const { id, type, personRef, reportedBy, callId, recordKind, openedAt, closedAt, note } = one;
  const head = `incident-${id}`;
  const opened = momentOf(openedAt, language);
  return (
    <section class="desk-card" aria-labelledby={head}>
      <h2 class="desk-subtitle" id={head}>
        {text(language, `incidents.type.${type}`)}
      </h2>
      <dl class="desk-facts">
        <dt>{text(language, 'incidents.text')}</dt>
        <dd>{one.text ?? text(language, 'incidents.erased')}</dd>
        <dt>{text(language, 'incidents.person')}</dt>
        <dd>{personRef}</dd>
        <dt>{text(language, 'incidents.reported_by')}</dt>
        <dd>{reportedBy ?? text(language, 'incidents.by_customer')}</dd>
        <dt>{text(language, 'incidents.opened')}</dt>
        <dd>{opened}</dd>
        {callId === null ? (
          <>
            <dt>{text(language, 'incidents.entry')}</dt>
            <dd>
              <code>{`${recordKind} ${one.recordId}`}</code>
            </dd>
          </>
        ) : (
          <>
            <dt>{text(language, 'incidents.call')}</dt>
            <dd>
              <code>{callId}</code>
            </dd>
          </>
        )}
        {closedAt === null ? null : (
          <>
            <dt>{text(language, 'incidents.closed')}</dt>
            <dd>{momentOf(closedAt, language)}</dd>
          </>
        )}
        {note === null ? null : (
          <>
            <dt>{text(language, 'incidents.note')}</dt>
            <dd>{note}</dd>
          </>
        )}
      </dl>
      {one.state === 'closed' ? null : (
        <Form page={page} action={`${DESK_INCIDENTS}/${id}/close`}>
          <div class="desk-form">
            <DeskText
              id={`note-${id}`}
              name="note"
              label={text(language, 'incidents.note')}
              hint={text(language, 'incidents.note_hint')}
              error={bad === null ? undefined : text(language, 'incidents.note_fault')}
              value={bad?.text ?? ''}
            />
          </div>
          <Button kind="secondary">
            {text(language, 'incidents.close')}{' '}
            <span class="govuk-visually-hidden">{text(language, 'incidents.close_hidden', { moment: opened })}</span>
          </Button>
        </Form>
      )}
    </section>
  );
}
