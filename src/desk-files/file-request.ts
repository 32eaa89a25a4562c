import { type ArgumentMetadata, HttpStatus } from '@nestjs/common';
import type { VNode } from 'preact';

import type { Typed } from '../desk/desk-form.ts';
import { AppError } from '../errors.ts';
import { RequestValidationPipe } from '../http/validation.pipe.ts';
import type { PageAnswer } from '../pages/page.ts';

const pipe = new RequestValidationPipe();

/**
 * A flat form as the body that the API takes, checked by the very rules of the API: `evidence.form` is a field of `evidence`;
 * what was left empty is left out, and so is an evidence of which no kind was chosen.
 *
 * @param lists fields that hold several values, or things with fields of their own
 * @throws AppError `validation_failed`
 */
export async function readForm<Body extends object>(
  form: Typed,
  metatype: new () => Body,
  lists: Readonly<Record<string, readonly unknown[]>> = {},
): Promise<Body> {
  const body: Record<string, unknown> = { ...lists };
  const parts: Record<string, Record<string, string>> = {};
  for (const [field, value = ''] of Object.entries(form)) {
    const text = value.trim();
    const [name = '', inner] = field.split('.');
    if (text === '' || name in lists) continue;
    if (inner === undefined) body[name] = text;
    else parts[name] = { ...parts[name], [inner]: text };
  }
  const { evidence, ...others } = parts;
  Object.assign(body, others, evidence === undefined || evidence['form'] === undefined ? {} : { evidence });
  const metadata: ArgumentMetadata = { type: 'body', metatype };
  return (await pipe.transform(body, metadata)) as Body;
}

/** Instead of a field: the same is there already; it names more customers than its employee may see in an hour. */
export const CONFLICT = 'conflict';
export const TOO_MANY = 'too_many';

/** What is wrong with a form is said on it, with what was typed. @param again the form, and the names of the fields that were refused */
export async function taken(
  again: (refused: readonly string[]) => VNode | Promise<VNode>,
  work: () => Promise<PageAnswer>,
): Promise<PageAnswer> {
  try {
    return await work();
  } catch (error) {
    const refused = refusedFields(error);
    if (refused === null) throw error;
    const status = refused.includes(TOO_MANY) ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.BAD_REQUEST;
    return { page: await again(refused), status, retryAfter: error instanceof AppError ? error.retryAfter : undefined };
  }
}

/** Null when it was something else that went wrong. */
function refusedFields(error: unknown): readonly string[] | null {
  if (!(error instanceof AppError)) return null;
  if (error.code === 'conflict' || error.code === 'mandate_overlaps') return [CONFLICT];
  if (error.code === 'rate_limited') return [TOO_MANY];
  if (error.code !== 'validation_failed') return null;
  const names = error.faults.map(({ pointer }) =>
    pointer
      .slice(1)
      .split('/')
      .slice(0, 2)
      .join('.')
      .replace(/\.\d+$/, ''),
  );
  return [...new Set(names)];
}

/** References in one line, with blanks or commas between them. */
export function listOf(text = ''): readonly string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

/** A table that was pasted, one row a line, its columns apart by a semicolon, a comma or a tab; empty ones are left out. */
export function rowsOf<Column extends string>(
  text = '',
  columns: readonly Column[],
): readonly Partial<Record<Column, string>>[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const cells = line.split(/[;,\t]/).map((cell) => cell.trim());
    const filled = columns.flatMap((name, at) => ((cells[at] ?? '') === '' ? [] : [[name, cells[at]]]));
    return Object.fromEntries(filled) as Partial<Record<Column, string>>;
  });
}
