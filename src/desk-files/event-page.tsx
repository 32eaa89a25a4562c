import type { VNode } from 'preact';

import type { LifeEventResponse } from '../life-events/life-events.dto.ts';
import { dayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { text } from '../pages/text.ts';
import { CONTEST_FIELDS, evidenceFields, REVERSAL_FIELDS } from './file-fields.ts';
import { FileForm } from './file-form.tsx';
import { EvidenceList, FilePage, Verdict } from './file-page.tsx';
import { EVENTS } from './file-paths.ts';
import type { FileSaid } from './file-said.ts';
import { nameOfEvent } from './file-words.ts';

export interface EventPageProps {
  readonly page: Page;
  readonly event: LifeEventResponse;
  readonly said: FileSaid | null;
}

/** States of an event that takes something away. */
const COUNTING: ReadonlySet<string> = new Set(['suspended_pending_evidence', 'in_force']);

/** One life event, for whoever has to say whether it is so. */
export function EventPage({ page, event, said }: EventPageProps): VNode {
  const { language } = page;
  const path = `${EVENTS}/${event.id}`;
  const isOpen = event.decided_at === null && event.state !== 'reversed';
  const form = { page, typed: {}, refused: [] };
  return (
    <FilePage
      page={page}
      title={nameOfEvent(language, event)}
      said={said}
      facts={[
        { key: 'files.whose', value: event.person },
        { key: 'files.state', value: text(language, `files.event_state.${event.state}`) },
        { key: 'files.occurred_on', value: dayOf(new Date(event.occurred_on), language) },
        { key: 'files.reported_by', value: text(language, `files.reporter.${event.reported_by}`) },
        ...(event.suspends_until === null || event.state !== 'suspended_pending_evidence'
          ? []
          : [{ key: 'files.suspends_until' as const, value: momentOf(new Date(event.suspends_until), language) }]),
        { key: 'files.by', value: `${event.recorded_by}, ${momentOf(new Date(event.recorded_at), language)}` },
        ...(event.decided_at === null
          ? []
          : [
              {
                key: 'files.decided_by' as const,
                value: `${event.decided_by ?? '–'}, ${momentOf(new Date(event.decided_at), language)}`,
              },
            ]),
      ]}
    >
      <EvidenceList language={language} evidence={event.evidence} />
      {isOpen ? (
        <>
          <Verdict page={page} path={path} recordedBy={event.recorded_by} />
          <div class="desk-card">
            <details>
              <summary>{text(language, 'files.add_evidence')}</summary>
              <FileForm
                {...form}
                action={`${path}/evidence`}
                fields={evidenceFields('', false)}
                button="files.add_evidence"
                id="add-"
              />
            </details>
          </div>
        </>
      ) : null}
      <div class="desk-card">
        {event.reverses_id === null && COUNTING.has(event.state) ? (
          <details>
            <summary>{text(language, 'files.reverse')}</summary>
            <p>{text(language, 'files.reverse_text')}</p>
            <FileForm
              {...form}
              action={`${path}/reverse`}
              fields={REVERSAL_FIELDS}
              button="files.record"
              id="reverse-"
            />
          </details>
        ) : null}
        <details>
          <summary>{text(language, 'files.contest')}</summary>
          <FileForm {...form} action={`${path}/contest`} fields={CONTEST_FIELDS} button="files.contest_send" />
        </details>
      </div>
    </FilePage>
  );
}
