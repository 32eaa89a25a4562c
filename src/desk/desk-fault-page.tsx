import type { VNode } from 'preact';

import type { ErrorCode } from '../errors.ts';
import type { Page } from '../pages/page.ts';
import { text, type TextKey } from '../pages/text.ts';
import { DeskLayout } from './desk-layout.tsx';
import { DESK } from './desk-paths.ts';

export interface DeskFaultPageProps {
  readonly page: Page;
  readonly code: ErrorCode;
  readonly status: number;
  readonly requestId: string;
}

/** What went wrong, what it means, and what to do: never a bare number. */
export function DeskFaultPage({ page, code, status, requestId }: DeskFaultPageProps): VNode {
  const { language } = page;
  const title = text(language, 'desk.fault_title');
  return (
    <DeskLayout page={page} title={title} ownPath={DESK}>
      <div class="desk-card desk-card--narrow">
        <h1 class="desk-title">{title}</h1>
        <p>{text(language, textOf(code, status), { requestId })}</p>
        <p>
          <a class="govuk-link" href={DESK}>
            {text(language, 'desk.back_to_start')}
          </a>
        </p>
      </div>
    </DeskLayout>
  );
}

function textOf(code: ErrorCode, status: number): TextKey {
  if (code === 'form_expired') return 'desk.fault_expired';
  if (status === 404) return 'desk.fault_gone';
  if (status === 403) return 'desk.fault_refused';
  return status === 429 || status === 503 ? 'desk.fault_busy' : 'desk.fault_other';
}
