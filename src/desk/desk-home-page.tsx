import type { VNode } from 'preact';

import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { CHANNELS, LANGUAGES } from '../policy/vocabulary.ts';
import { ClaimFields } from './desk-claim-fields.tsx';
import type { Faults, Typed } from './desk-form.ts';
import { DeskLayout } from './desk-layout.tsx';
import { DeskChoice, DeskField } from './desk-parts.tsx';
import { callPath, DESK } from './desk-paths.ts';

export interface DeskHomePageProps {
  readonly page: Page;
  /** The call that was opened last in this session. */
  readonly callId: string | null;
  readonly typed: Typed;
  readonly faults: Faults;
}

/** Where a call begins. */
export function DeskHomePage({ page, callId, typed, faults }: DeskHomePageProps): VNode {
  const { language } = page;
  const title = text(language, 'desk.open_title');
  const errors = Object.entries(faults).map(([field, key]) => ({ text: text(language, key), field }));
  const errorOf = (field: string): string | undefined => {
    const key = faults[field];
    return key === undefined ? undefined : text(language, key);
  };
  return (
    <DeskLayout page={page} title={title} ownPath={DESK} hasErrors={errors.length > 0}>
      <ErrorSummary language={language} errors={errors} />
      <div class="desk-card">
        <div class="desk-head">
          <h1 class="desk-title">{title}</h1>
          {callId === null ? null : (
            <a class="govuk-link" href={callPath(callId)}>
              {text(language, 'desk.current')}
            </a>
          )}
        </div>
        <Form page={page} action="/desk/calls">
          <div class="desk-form">
            <DeskField
              id="contract"
              name="contract"
              label={text(language, 'desk.contract')}
              error={errorOf('contract')}
              value={typed['contract'] ?? ''}
              isRequired
            />
            <DeskChoice
              id="channel"
              name="channel"
              label={text(language, 'desk.channel')}
              chosen={typed['channel'] ?? 'phone'}
              options={CHANNELS.map((value) => ({ value, label: text(language, `desk.channel.${value}`) }))}
            />
            <ClaimFields language={language} typed={typed} errorOf={errorOf} id="open" />
            <DeskChoice
              id="language"
              name="language"
              label={text(language, 'desk.caller_language')}
              chosen={typed['language'] ?? ''}
              options={[
                { value: '', label: text(language, 'desk.language.known') },
                ...LANGUAGES.map((value) => ({ value, label: text(language, `desk.language.${value}`) })),
              ]}
            />
            <DeskField
              id="case_ref"
              name="case_ref"
              label={text(language, 'desk.case_ref')}
              hint={text(language, 'desk.optional')}
              error={errorOf('case_ref')}
              value={typed['case_ref'] ?? ''}
            />
          </div>
          <Button>{text(language, 'desk.open')}</Button>
        </Form>
      </div>
    </DeskLayout>
  );
}
