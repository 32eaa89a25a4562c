import type { ComponentChildren, VNode } from 'preact';

import { DeskLayout } from '../desk/desk-layout.tsx';
import type { EvidenceResponse } from '../life-events/legal-files.dto.ts';
import { hashScriptPath } from '../pages/desk-script.ts';
import { dayOf, momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import { FILES } from './file-paths.ts';
import type { FileSaid } from './file-said.ts';

export interface Fact {
  readonly key: TextKey;
  readonly value: ComponentChildren;
}

export interface FilePageProps {
  readonly page: Page;
  readonly title: string;
  readonly said: FileSaid | null;
  readonly facts: readonly Fact[];
  readonly children: ComponentChildren;
}

/** One file: what is known of it, and what may be done with it. */
export function FilePage({ page, title, said, facts, children }: FilePageProps): VNode {
  const { language, path } = page;
  return (
    <DeskLayout page={page} title={title} ownPath={path} scripts={[hashScriptPath]}>
      <div class="desk-head">
        <h1 class="desk-title">{title}</h1>
        <a class="govuk-link" href={FILES}>
          {text(language, 'files.back')}
        </a>
      </div>
      <p class="desk-said" role="status">
        <span>{said === null ? '' : text(language, `files.said.${said}`)}</span>
      </p>
      <div class="desk-card">
        <dl class="desk-facts">
          {facts.map(({ key, value }) => (
            <>
              <dt>{text(language, key)}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      </div>
      {children}
    </DeskLayout>
  );
}

/** What is on file to prove it: how each paper looks, and where it lies. */
export function EvidenceList({
  language,
  evidence,
}: {
  readonly language: Language;
  readonly evidence: readonly EvidenceResponse[];
}): VNode {
  return (
    <div class="desk-card">
      <h2 class="desk-subtitle">{text(language, 'files.evidence')}</h2>
      {evidence.length === 0 ? <p>{text(language, 'files.evidence_none')}</p> : null}
      {evidence.map((one) => (
        <dl class="desk-facts desk-asked" key={one.id}>
          <dt>{text(language, 'files.evidence_form')}</dt>
          <dd>{text(language, `files.proof.${one.form}`)}</dd>
          <dt>{text(language, 'files.source')}</dt>
          <dd>{one.source ?? '–'}</dd>
          <dt>{text(language, 'files.reference')}</dt>
          <dd>{one.reference ?? '–'}</dd>
          <dt>{text(language, 'files.dated_on')}</dt>
          <dd>{dayOf(new Date(one.dated_on), language)}</dd>
          <dt>{text(language, 'files.sha256')}</dt>
          <dd>
            <code>{one.sha256}</code>
          </dd>
          <dt>{text(language, 'files.by')}</dt>
          <dd>{`${one.filed_by}, ${momentOf(new Date(one.filed_at), language)}`}</dd>
        </dl>
      ))}
    </div>
  );
}

export interface VerdictProps {
  readonly page: Page;
  readonly path: string;
  /** The pseudonym of who recorded it: they can't approve it. */
  readonly recordedBy: string;
}

/** The second employee's yes or no. */
export function Verdict({ page, path, recordedBy }: VerdictProps): VNode {
  const { language, reader } = page;
  const isOwn = reader?.name === recordedBy;
  return (
    <div class="desk-card">
      {isOwn ? <p>{text(language, 'files.second')}</p> : null}
      <div class="desk-buttons">
        {isOwn ? null : (
          <Form page={page} action={`${path}/approve`}>
            <Button>{text(language, 'files.approve')}</Button>
          </Form>
        )}
        <Form page={page} action={`${path}/reject`}>
          <Button kind="secondary">{text(language, 'files.reject')}</Button>
        </Form>
      </div>
    </div>
  );
}
