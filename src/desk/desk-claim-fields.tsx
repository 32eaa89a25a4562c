import type { VNode } from 'preact';

import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { Typed } from './desk-form.ts';
import { DeskChoice, DeskField } from './desk-parts.tsx';

export interface ClaimFieldsProps {
  readonly language: Language;
  readonly typed: Typed;
  readonly errorOf?: (field: string) => string | undefined;
  /** Begins the ids: there may be two of these. */
  readonly id: string;
}

/** What the one on the line says of themselves. It points at somebody, and proves nothing. */
export function ClaimFields({ language, typed, errorOf = () => undefined, id }: ClaimFieldsProps): VNode {
  const field = (name: 'mandate_ref' | 'calling_number' | 'caller_name', kept: string): VNode => (
    <DeskField
      id={name === 'calling_number' && id === 'open' ? name : `${id}-${kept}`}
      name={kept}
      label={text(language, `desk.${name}`)}
      hint={text(language, 'desk.optional')}
      error={errorOf(kept)}
      value={typed[kept] ?? ''}
    />
  );
  return (
    <>
      <DeskChoice
        id={`${id}-as`}
        name="as"
        label={text(language, 'desk.claim')}
        chosen={typed['as'] ?? 'holder'}
        options={(['holder', 'proxy', 'software'] as const).map((value) => ({
          value,
          label: text(language, `desk.claim.${value}`),
        }))}
      />
      {field('calling_number', 'calling_number')}
      {field('caller_name', 'name')}
      {field('mandate_ref', 'mandate_ref')}
    </>
  );
}
