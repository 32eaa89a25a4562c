import type { VNode } from 'preact';

import { momentOf } from '../pages/moments.ts';
import type { Page } from '../pages/page.ts';
import { Button, ErrorSummary, TextInput } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';

/** What was wrong with the code that somebody typed. */
export type AcceptanceFault = { readonly is: 'empty' } | { readonly is: 'wrong'; readonly triesLeft: number };

export interface AcceptanceFormProps {
  readonly page: Page;
  /** Where the code goes. */
  readonly action: string;
  /** Who gave it. */
  readonly holder: string;
  /** Until when the code works. */
  readonly until: Date;
  readonly error?: string | undefined;
}

/** Where the code goes that the holder passed on. */
export function AcceptanceForm({ page, action, holder, until, error }: AcceptanceFormProps): VNode {
  const { language } = page;
  return (
    <Form page={page} action={action}>
      <TextInput
        language={language}
        name="code"
        label={text(language, 'acceptance.code')}
        hint={text(language, 'acceptance.code_hint', { holder, until: momentOf(until, language) })}
        error={error}
        value=""
        autocomplete="off"
      />
      <Button>{text(language, 'acceptance.accept')}</Button>
    </Form>
  );
}

/** In words; undefined when nothing was wrong. */
export function acceptanceError(
  fault: AcceptanceFault | undefined,
  { language }: Page,
  holder: string,
): string | undefined {
  if (fault === undefined) return undefined;
  if (fault.is === 'empty') return text(language, 'acceptance.empty');
  if (fault.triesLeft === 0) return text(language, 'acceptance.over', { holder });
  return text(language, 'acceptance.wrong', { tries: fault.triesLeft });
}

export interface AcceptanceErrorsProps {
  readonly language: Language;
  readonly fault: AcceptanceFault | undefined;
  readonly error: string | undefined;
}

/** What was wrong, before everything else; with the way to the field, if it is still there. */
export function AcceptanceErrors({ language, fault, error }: AcceptanceErrorsProps): VNode | null {
  if (fault === undefined || error === undefined) return null;
  const isOver = fault.is === 'wrong' && fault.triesLeft === 0;
  return <ErrorSummary language={language} errors={[{ text: error, ...(isOver ? {} : { field: 'code' }) }]} />;
}
