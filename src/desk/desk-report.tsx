import { randomUUID } from 'node:crypto';

import type { VNode } from 'preact';

import { REPORTED_TYPES } from '../activity/incident.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Typed } from './desk-form.ts';
import { DeskChoice, DeskText } from './desk-parts.tsx';

export interface ReportPanelProps {
  readonly page: Page;
  /** Of the call. */
  readonly path: string;
  /** What was typed and not taken. */
  readonly typed: Typed | undefined;
}

/** For what an employee came across in this call. */
export function ReportPanel({ page, path, typed }: ReportPanelProps): VNode {
  const { language } = page;
  return (
    <section class="desk-card">
      <details id="report" open={typed !== undefined}>
        <summary>{text(language, 'report.title')}</summary>
        <p class="desk-small">{text(language, 'report.text')}</p>
        <Form page={page} action={`${path}/incidents`}>
          <input type="hidden" name="operation" value={randomUUID()} />
          <div class="desk-form">
            <DeskChoice
              id="report-type"
              name="type"
              label={text(language, 'report.type')}
              chosen={typed?.['type'] ?? REPORTED_TYPES[0]}
              options={REPORTED_TYPES.map((value) => ({ value, label: text(language, `incidents.type.${value}`) }))}
            />
            <DeskText
              id="report-what"
              name="what"
              label={text(language, 'report.what')}
              hint={text(language, 'report.hint')}
              error={typed === undefined ? undefined : text(language, 'report.fault')}
              value={typed?.['what'] ?? ''}
            />
          </div>
          <Button kind="secondary">{text(language, 'report.send')}</Button>
        </Form>
      </details>
    </section>
  );
}

/** What is wrong with the form, with its field. */
export function reportErrors(
  { language }: Page,
  typed: Typed | undefined,
): readonly { readonly text: string; readonly field: string }[] {
  return typed === undefined ? [] : [{ text: text(language, 'report.fault'), field: 'report-what' }];
}
