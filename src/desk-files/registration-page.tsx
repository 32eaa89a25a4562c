import type { VNode } from 'preact';

import { CodeForm } from '../desk/desk-parts.tsx';
import { lastDayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { text } from '../pages/text.ts';
import type { RegistrationResponse } from '../registrations/registrations.dto.ts';
import { FilePage, Verdict } from './file-page.tsx';
import { REGISTRATIONS } from './file-paths.ts';
import type { FileSaid } from './file-said.ts';

export interface RegistrationPageProps {
  readonly page: Page;
  readonly one: RegistrationResponse;
  /** Their names for people. */
  readonly scopes: readonly string[];
  readonly said: FileSaid | null;
}

/** A mandate that was taken down, for the colleague who compares it with the paper. */
export function RegistrationPage({ page, one, scopes, said }: RegistrationPageProps): VNode {
  const { language } = page;
  const path = `${REGISTRATIONS}/${one.id}`;
  return (
    <FilePage
      page={page}
      title={`${text(language, 'files.registrations')}: ${one.mandate_ref}`}
      said={said}
      facts={[
        { key: 'files.holder', value: one.holder },
        { key: 'files.proxy', value: one.proxy },
        { key: 'files.scopes', value: scopes.join(', ') },
        { key: 'files.contracts', value: one.contracts.join(', ') },
        { key: 'files.starts', value: momentOf(new Date(one.starts_at), language) },
        { key: 'files.ends', value: lastDayOf(new Date(one.ends_at), language) },
        { key: 'files.contact_rule', value: text(language, `files.contact_rule.${one.contact_rule ?? 'none'}`) },
        { key: 'files.form', value: text(language, `files.form.${one.form}`) },
        ...(one.paper === null
          ? []
          : [
              { key: 'files.paper_reference' as const, value: one.paper.reference },
              { key: 'files.sha256' as const, value: <code>{one.paper.sha256}</code> },
            ]),
        { key: 'files.route', value: text(language, `files.route.${one.route}`) },
        { key: 'files.state', value: text(language, `files.reg_state.${one.state}`) },
        { key: 'files.by', value: `${one.registered_by}, ${momentOf(new Date(one.registered_at), language)}` },
        ...(one.decided_by === null ? [] : [{ key: 'files.decided_by' as const, value: one.decided_by }]),
      ]}
    >
      {one.state === 'waiting' ? <Verdict page={page} path={path} recordedBy={one.registered_by} /> : null}
      {one.confirmation_id === null ? null : (
        <div class="desk-card">
          <CodeForm page={page} action={`${path}/code`} id="code" label="files.code" button="files.enter_code" />
        </div>
      )}
    </FilePage>
  );
}
