import type { VNode } from 'preact';

import { DeskChoice, DeskField } from '../desk/desk-parts.tsx';
import type { Page } from '../pages/page.ts';
import { boxOf, Button, Checkboxes } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { CODE_ROUTES, type Language, LANGUAGES, RECORDING_PURPOSES } from '../policy/vocabulary.ts';
import type { AskFirstResponse } from '../preferences/ask-first.dto.ts';
import type { PreferencesResponse } from '../preferences/preferences.dto.ts';
import { HelpLayout } from './help-layout.tsx';
import { helpPath, type HelpSaid } from './help-said.ts';

export interface HelpPreferencesPageProps {
  readonly page: Page;
  readonly callId: string;
  readonly preferences: PreferencesResponse;
  readonly askFirst: AskFirstResponse;
  readonly spoken: Language;
  readonly said: HelpSaid | null;
}

/** How the caller wants to be treated. */
export function HelpPreferencesPage(props: HelpPreferencesPageProps): VNode {
  const { page, callId, preferences, askFirst, spoken, said } = props;
  const { language } = page;
  const hours = preferences.safe_hours;
  return (
    <HelpLayout page={page} callId={callId} title="help.preferences" said={said}>
      <div class="desk-card">
        <Form page={page} action={`${helpPath(callId)}/preferences`}>
          <div class="desk-form">
            <DeskChoice
              id="language"
              name="language"
              label={text(language, 'preferences.language')}
              chosen={preferences.language}
              options={LANGUAGES.map((value) => ({ value, label: text(language, `preferences.language_${value}`) }))}
            />
            <DeskField
              id="safe_from"
              name="safe_from"
              label={text(language, 'preferences.safe_from')}
              value={hours === null ? '' : String(hours.from)}
            />
            <DeskField
              id="safe_until"
              name="safe_until"
              label={text(language, 'preferences.safe_until')}
              value={hours === null ? '' : String(hours.until)}
            />
          </div>
          <Checkboxes
            language={language}
            id="large_type"
            legend={text(language, 'preferences.letters')}
            chosen={preferences.large_type ? ['large_type'] : []}
            options={[{ name: 'large_type', label: text(language, 'preferences.large_type') }]}
          />
          <Checkboxes
            language={language}
            id="declined"
            legend={text(language, 'preferences.declined')}
            chosen={preferences.declined.map((route) => `declined_${route}`)}
            options={CODE_ROUTES.map((route) => ({
              name: `declined_${route}`,
              label: text(language, `preferences.declined_${route}`),
            }))}
          />
          <Checkboxes
            language={language}
            id="refused"
            legend={text(language, 'preferences.recordings')}
            chosen={preferences.refused_recordings.map((purpose) => `refused_${purpose}`)}
            options={RECORDING_PURPOSES.map((purpose) => ({
              name: `refused_${purpose}`,
              label: text(language, `preferences.refused_${purpose}`),
            }))}
          />
          <Button>{text(language, 'help.save')}</Button>
        </Form>
      </div>
      <section class="desk-card">
        <h2 class="desk-subtitle">{text(language, 'ask_first.title')}</h2>
        <Form page={page} action={`${helpPath(callId)}/ask-first`}>
          <div lang={spoken}>
            <Checkboxes
              language={language}
              id="scope"
              legend={text(spoken, 'ask_first.legend')}
              chosen={askFirst.groups.flatMap((group) => (group.ask_first ? [boxOf('scope', group.scope)] : []))}
              options={askFirst.groups.map((group) => ({ name: boxOf('scope', group.scope), label: group.title }))}
            />
          </div>
          <Button kind="secondary">{text(language, 'help.save')}</Button>
        </Form>
      </section>
    </HelpLayout>
  );
}
