import type { VNode } from 'preact';

import { DeskLayout } from '../desk/desk-layout.tsx';
import type { RegisterImportEntryRequest } from '../life-events/representation-import.dto.ts';
import type { ImportedRow } from '../life-events/representation-imports.service.ts';
import type { Page } from '../pages/page.ts';
import { text, type TextKey } from '../pages/text.ts';
import { FILES, IMPORT, REPRESENTATIONS } from './file-paths.ts';

export interface ImportedPageProps {
  readonly page: Page;
  readonly entries: readonly RegisterImportEntryRequest[];
  /** What became of each. */
  readonly rows: readonly ImportedRow[];
}

/** What became of an extract, row by row. */
export function ImportedPage({ page, entries, rows }: ImportedPageProps): VNode {
  const { language } = page;
  const title = text(language, 'files.imported');
  const count = rows.filter(({ outcome }) => outcome === 'proposed').length;
  return (
    <DeskLayout page={page} title={title} ownPath={IMPORT}>
      <div class="desk-head">
        <h1 class="desk-title">{title}</h1>
        <a class="govuk-link" href={FILES}>
          {text(language, 'files.back')}
        </a>
      </div>
      <p class="desk-said" role="status">
        <span>{text(language, 'files.imported_text', { count })}</span>
      </p>
      <div class="desk-card desk-wide">
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
            {rows.map(({ outcome, representationId, faults }, at) => {
              const entry = entries[at];
              const what = entry === undefined ? '' : text(language, `files.rep.${entry.kind}`);
              return (
                <tr key={at}>
                  <td>{at + 1}</td>
                  <td>
                    {representationId === null ? (
                      what
                    ) : (
                      <a class="govuk-link" href={`${REPRESENTATIONS}/${representationId}`}>
                        {what}
                      </a>
                    )}
                  </td>
                  <td>{`${entry?.representative ?? ''} → ${entry?.holder ?? ''}`}</td>
                  <td>
                    {text(language, `files.outcome.${outcome}`)}
                    {faults.map(({ pointer }) => (
                      <div key={pointer} class="desk-error">
                        {text(language, 'files.bad_field', { field: text(language, FIELDS[pointer] ?? 'files.rows') })}
                      </div>
                    ))}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </DeskLayout>
  );
}

const COLUMNS = ['files.row', 'files.what', 'files.whose', 'files.state'] as const;

/** What a fault of a row is about. */
const FIELDS: Readonly<Record<string, TextKey>> = {
  '/holder': 'files.holder',
  '/representative': 'files.representative',
  '/starts_at': 'files.starts',
  '/ends_at': 'files.ends',
};
