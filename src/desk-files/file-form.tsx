import type { VNode } from 'preact';

import type { Typed } from '../desk/desk-form.ts';
import { DeskLayout } from '../desk/desk-layout.tsx';
import { DeskChoice, DeskField } from '../desk/desk-parts.tsx';
import { hashScriptPath } from '../pages/desk-script.ts';
import type { Page } from '../pages/page.ts';
import { Button, boxOf, Checkboxes, ErrorSummary, TextArea } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { FileField } from './file-fields.ts';
import { FILES } from './file-paths.ts';
import { CONFLICT, TOO_MANY } from './file-request.ts';

export interface FileFormProps {
  readonly page: Page;
  readonly action: string;
  readonly fields: readonly FileField[];
  readonly typed: Typed;
  /** Names of the fields that were refused. */
  readonly refused: readonly string[];
  readonly button: TextKey;
  /** Where there is more than one form on a page: begins the ids. */
  readonly id?: string;
  /** For `boxes`. */
  readonly boxes?: readonly { readonly value: string; readonly label: string }[];
}

/** A form of the files. A file that is chosen in it stays in the browser: its hash alone is sent, and may be typed instead. */
export function FileForm({ page, action, fields, typed, refused, button, id = '', boxes = [] }: FileFormProps): VNode {
  const { language } = page;
  const options = boxes.map(({ value, label }) => ({ name: boxOf('scopes', value), label }));
  return (
    <Form page={page} action={action}>
      <div class="desk-form">
        {fields
          .filter(({ kind }) => kind !== 'boxes' && kind !== 'lines')
          .map((field) => (
            <OneField key={field.name} page={page} field={field} typed={typed} refused={refused} id={id} />
          ))}
      </div>
      {fields.map((field) =>
        field.kind === 'boxes' ? (
          <Checkboxes
            key={field.name}
            language={language}
            id={`${id}${field.name}`}
            legend={text(language, field.label)}
            error={faultOf(page, field, refused)}
            chosen={options.map(({ name }) => name).filter((name) => typed[name] === 'yes')}
            options={options}
          />
        ) : field.kind === 'lines' ? (
          <TextArea
            key={field.name}
            language={language}
            name={field.name}
            label={text(language, field.label)}
            hint={field.hint === undefined ? undefined : text(language, field.hint)}
            error={faultOf(page, field, refused)}
            value={typed[field.name] ?? ''}
          />
        ) : null,
      )}
      <Button>{text(language, button)}</Button>
    </Form>
  );
}

type OneFieldProps = Pick<FileFormProps, 'page' | 'typed' | 'refused'> & {
  readonly field: FileField;
  readonly id: string;
};

function OneField({ page, field, typed, refused, id }: OneFieldProps): VNode {
  const { language } = page;
  const { name, label, hint, kind, options } = field;
  const own = `${id}${name}`;
  if (kind === 'choice') {
    const choices = (options ?? []).map((option) => ({ value: option.value, label: text(language, option.text) }));
    return (
      <DeskChoice id={own} name={name} label={text(language, label)} chosen={typed[name] ?? ''} options={choices} />
    );
  }
  const input = (
    <DeskField
      id={own}
      name={name}
      label={text(language, label)}
      hint={hint === undefined ? undefined : text(language, hint)}
      error={faultOf(page, field, refused)}
      value={typed[name] ?? ''}
      kind={kind === 'date' ? 'date' : 'text'}
    />
  );
  if (kind !== 'hash') return input;
  return (
    <div class="desk-line desk-form__whole">
      {input}
      <div class="desk-field" data-hash={own} hidden>
        <label for={`${own}-file`}>{text(language, 'files.file')}</label>
        <span id={`${own}-file-hint`} class="desk-hint">
          {text(language, 'files.file_hint')}
        </span>
        {/* Without a name it is never sent. */}
        <input id={`${own}-file`} type="file" aria-describedby={`${own}-file-hint`} />
      </div>
    </div>
  );
}

function faultOf(
  { language }: Page,
  { name, fault = 'files.check' }: FileField,
  refused: readonly string[],
): string | undefined {
  return refused.includes(name) ? text(language, fault) : undefined;
}

export interface FileFormPageProps extends FileFormProps {
  readonly title: TextKey;
}

/** What was refused as a whole. */
const OTHERS = new Map<string, TextKey>([
  [CONFLICT, 'files.said.conflict'],
  [TOO_MANY, 'files.too_many'],
]);

/** A page with one such form. */
export function FileFormPage({ title, ...form }: FileFormPageProps): VNode {
  const { page, fields, refused } = form;
  const { language } = page;
  const known = fields.filter(({ name }) => refused.includes(name));
  const errors = known.map(({ name, label, fault }) => ({
    text:
      fault === undefined ? text(language, 'files.bad_field', { field: text(language, label) }) : text(language, fault),
    field: name,
  }));
  const other = OTHERS.get(refused[0] ?? '') ?? 'desk.bad_form';
  const others = refused.length > 0 && errors.length === 0 ? [{ text: text(language, other) }] : [];
  return (
    <DeskLayout
      page={page}
      title={text(language, title)}
      ownPath={page.path}
      hasErrors={refused.length > 0}
      scripts={[hashScriptPath]}
    >
      <ErrorSummary language={language} errors={[...errors, ...others]} />
      <div class="desk-card">
        <div class="desk-head">
          <h1 class="desk-title">{text(language, title)}</h1>
          <a class="govuk-link" href={FILES}>
            {text(language, 'files.back')}
          </a>
        </div>
        <FileForm {...form} />
      </div>
    </DeskLayout>
  );
}
