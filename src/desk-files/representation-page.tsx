import type { VNode } from 'preact';

import type { RepresentationResponse } from '../life-events/representations.dto.ts';
import { lastDayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { evidenceFields } from './file-fields.ts';
import { FileForm } from './file-form.tsx';
import { EvidenceList, FilePage, Verdict } from './file-page.tsx';
import { REPRESENTATIONS } from './file-paths.ts';
import type { FileSaid } from './file-said.ts';

export interface RepresentationPageProps {
  readonly page: Page;
  readonly one: RepresentationResponse;
  readonly said: FileSaid | null;
}

/** One representation, for whoever has to say whether it is so. */
export function RepresentationPage({ page, one, said }: RepresentationPageProps): VNode {
  const { language } = page;
  const path = `${REPRESENTATIONS}/${one.id}`;
  return (
    <FilePage
      page={page}
      title={text(language, `files.rep.${one.kind}`)}
      said={said}
      facts={[
        { key: 'files.holder', value: one.holder },
        { key: 'files.representative', value: one.representative },
        { key: 'files.state', value: text(language, `files.rep_state.${one.state}`) },
        { key: 'files.starts', value: momentOf(new Date(one.starts_at), language) },
        { key: 'files.ends', value: lastDayOf(new Date(one.ends_at), language) },
        { key: 'files.by', value: `${one.recorded_by}, ${momentOf(new Date(one.recorded_at), language)}` },
        ...(one.decided_at === null
          ? []
          : [
              {
                key: 'files.decided_by' as const,
                value: `${one.decided_by ?? '–'}, ${momentOf(new Date(one.decided_at), language)}`,
              },
            ]),
      ]}
    >
      <EvidenceList language={language} evidence={one.evidence} />
      {one.state === 'reported' ? (
        <>
          <Verdict page={page} path={path} recordedBy={one.recorded_by} />
          <div class="desk-card">
            <details>
              <summary>{text(language, 'files.add_evidence')}</summary>
              <FileForm
                page={page}
                action={`${path}/evidence`}
                fields={evidenceFields('', false)}
                typed={{}}
                refused={[]}
                button="files.add_evidence"
              />
            </details>
          </div>
        </>
      ) : null}
      {one.state === 'in_force' || one.state === 'not_started' ? (
        <div class="desk-card">
          <Form page={page} action={`${path}/revoke`}>
            <Button kind="warning">{text(language, 'files.revoke')}</Button>
          </Form>
        </div>
      ) : null}
    </FilePage>
  );
}
