import type { VNode } from 'preact';

import { Checkboxes } from '../pages/parts.tsx';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary, Radios, TextInput } from '../pages/parts.tsx';
import { Form, PortalLayout } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { CODE_ROUTES, LANGUAGES, RECORDING_PURPOSES } from '../policy/vocabulary.ts';

import { ASK_FIRST } from './ask-first-page.tsx';

export const PREFERENCES = '/portal/preferences';

export interface PreferencesPageProps {
  readonly page: Page;
  readonly typed: {
    readonly language: string;
    readonly isLargeType: boolean;
    readonly declined: readonly string[];
    readonly from: string;
    readonly until: string;
    readonly refused: readonly string[];
  };
  readonly isSaved: boolean;
  readonly fault?: 'hours' | 'unreachable';
}

export function PreferencesPage({ page, typed, isSaved, fault }: PreferencesPageProps): VNode {
  const { language } = page;
  const title = text(language, 'portal.preferences');
  const error = fault === undefined ? undefined : text(language, `preferences.${fault}_fault`);
  const field = fault === 'hours' ? 'safe_from' : 'declined';
  return (
    <PortalLayout page={page} title={title} hasErrors={error !== undefined}>
      <ErrorSummary language={language} errors={error === undefined ? [] : [{ text: error, field }]} />
      <h1 class="govuk-heading-l">{title}</h1>
      {isSaved ? (
        <p class="govuk-body" role="status">
          <strong>{text(language, 'preferences.saved')}</strong>
        </p>
      ) : null}
      <p class="govuk-body">{text(language, 'preferences.intro')}</p>
      <Form page={page} action={PREFERENCES}>
        <Radios
          name="language"
          legend={text(language, 'preferences.language')}
          chosen={typed.language}
          options={LANGUAGES.map((value) => ({ value, label: text(language, `preferences.language_${value}`) }))}
        />
        <Checkboxes
          language={language}
          id="large_type"
          legend={text(language, 'preferences.letters')}
          chosen={typed.isLargeType ? ['large_type'] : []}
          options={[{ name: 'large_type', label: text(language, 'preferences.large_type') }]}
        />
        <Checkboxes
          language={language}
          id="declined"
          legend={text(language, 'preferences.declined')}
          hint={text(language, 'preferences.declined_hint')}
          error={fault === 'unreachable' ? error : undefined}
          chosen={typed.declined.map((route) => `declined_${route}`)}
          options={CODE_ROUTES.map((route) => ({
            name: `declined_${route}`,
            label: text(language, `preferences.declined_${route}`),
          }))}
        />
        {fault === 'unreachable' ? (
          <Checkboxes
            language={language}
            id="unreachable"
            legend={text(language, 'preferences.unreachable')}
            chosen={[]}
            options={[{ name: 'unreachable', label: text(language, 'preferences.unreachable_yes') }]}
          />
        ) : null}
        <h2 class="govuk-heading-m">{text(language, 'preferences.hours')}</h2>
        <p class="govuk-body">{text(language, 'preferences.hours_text')}</p>
        <TextInput
          language={language}
          name="safe_from"
          label={text(language, 'preferences.safe_from')}
          value={typed.from}
          autocomplete="off"
          inputmode="numeric"
          error={fault === 'hours' ? error : undefined}
        />
        <TextInput
          language={language}
          name="safe_until"
          label={text(language, 'preferences.safe_until')}
          value={typed.until}
          autocomplete="off"
          inputmode="numeric"
        />
        <Checkboxes
          language={language}
          id="refused"
          legend={text(language, 'preferences.recordings')}
          hint={text(language, 'preferences.recordings_hint')}
          chosen={typed.refused.map((purpose) => `refused_${purpose}`)}
          options={RECORDING_PURPOSES.map((purpose) => ({
            name: `refused_${purpose}`,
            label: text(language, `preferences.refused_${purpose}`),
          }))}
        />
        <Button>{text(language, 'preferences.save')}</Button>
      </Form>
      <h2 class="govuk-heading-m">{text(language, 'preferences.more')}</h2>
      <p class="govuk-body">
        <a class="govuk-link" href={ASK_FIRST}>
          {text(language, 'ask_first.title')}
        </a>
      </p>
    </PortalLayout>
  );
}
