import type { VNode } from 'preact';

import type { ActivityPageResponse } from '../activity/activity.dto.ts';
import { STOPS } from '../activity/incident.ts';
import { DeskChoice, DeskText } from '../desk/desk-parts.tsx';
import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import { HelpLayout } from './help-layout.tsx';
import { helpPath, type HelpSaid } from './help-said.ts';

export interface HelpActivityPageProps {
  readonly page: Page;
  readonly callId: string;
  readonly activity: ActivityPageResponse;
  /** The cursor of this page; null = the first. */
  readonly from: string | null;
  readonly spoken: Language;
  readonly said: HelpSaid | null;
  /** What was written about an entry, and can't be taken. */
  readonly bad: { readonly id: string; readonly text: string; readonly stop: string } | null;
}

/** What happened, as the caller would read it; each can be questioned. */
export function HelpActivityPage(props: HelpActivityPageProps): VNode {
  const { page, callId, activity, from, spoken, said, bad } = props;
  const { language } = page;
  const here = `${helpPath(callId)}/activity`;
  const again = from === null ? '' : `?after=${from}`;
  return (
    <HelpLayout page={page} callId={callId} title="help.activity" said={said} ownPath={here} hasErrors={bad !== null}>
      {activity.entries.map((entry) => (
        <section class="desk-card" key={entry.id}>
          <h2 class="desk-subtitle" lang={spoken}>
            {entry.sentence}
          </h2>
          <p class="desk-small">{momentOf(new Date(entry.at), language)}</p>
          <p class="desk-small" lang={spoken}>
            {[entry.who.text, ...entry.details].join(' · ')}
          </p>
          <details open={bad?.id === entry.id}>
            <summary>{text(language, 'help.report')}</summary>
            <Form page={page} action={`${here}/${entry.id}${again}`}>
              <DeskText
                id={`text-${entry.id}`}
                name="text"
                label={text(language, 'help.report_text')}
                error={bad?.id === entry.id ? text(language, 'help.said.words') : undefined}
                value={bad?.id === entry.id ? bad.text : ''}
              />
              <DeskChoice
                id={`stop-${entry.id}`}
                name="stop"
                label={text(language, 'help.stop')}
                chosen={bad?.id === entry.id ? bad.stop : 'none'}
                options={STOPS.map((value) => ({ value, label: text(language, `help.stop.${value}`) }))}
              />
              <Button>{text(language, 'help.report_send')}</Button>
            </Form>
          </details>
        </section>
      ))}
      {activity.next === null ? null : (
        <p>
          <a class="govuk-link" href={`${here}?after=${activity.next}`}>
            {text(language, 'help.more')}
          </a>
        </p>
      )}
    </HelpLayout>
  );
}
