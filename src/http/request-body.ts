import { isUtf8 } from 'node:buffer';

import { AppError } from '../errors.ts';

/** A body nested deeper than this is refused; ours need four levels. */
const MOST_DEPTH = 20;

/**
 * Ours need some hundred at most. A body of 64 KiB has room for twenty thousand empty ones, and to find out one by one
 * what each of them lacks takes seconds, in which nobody else is served.
 */
const MOST_OBJECTS = 500;
const MOST_MEMBERS = 2_500;

/** Names that reach an object's prototype when somebody copies a body by its names. Not `__proto__` alone. */
const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a JSON body. Refused, besides what isn't JSON: invalid UTF-8, nesting deeper than 20, more than 500 objects and
 * lists or 2,500 members of them, a name twice in one object (readers differ in which one counts), names that reach a
 * prototype, and text that a database can't keep (NUL, half a surrogate pair).
 *
 * @returns undefined for an empty body
 * @throws AppError `malformed_request`
 */
export function readJson(body: Buffer): unknown {
  const text = decode(body);
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's message repeats a piece of the body.
    throw new AppError('malformed_request', 'The body is not valid JSON.', { cause: error });
  }
  inspectJson(text);
  return value;
}

/**
 * Reads a form of flat, single fields.
 *
 * @throws AppError `malformed_request`, for the same reasons as {@link readJson}
 */
export function readForm(text: string): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    // The decoder puts U+FFFD for bytes that aren't UTF-8.
    if (`${name}${value}`.includes('\uFFFD')) throw refused('is not valid UTF-8');
    inspectText(value);
    inspectName(name);
    if (fields.has(name)) throw refused('has a field twice');
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

function decode(body: Buffer): string {
  if (!isUtf8(body)) throw refused('is not valid UTF-8');
  const text = body.toString();
  // A byte order mark is no part of the text.
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** One pass over the text, which is valid JSON: the parsed value no longer shows double names. */
function inspectJson(text: string): void {
  // A set of names per open object, null per open array.
  const open: (Set<string> | null)[] = [];
  let isName = false;
  let objects = 0;
  let members = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
      case '[':
        isName = text[at] === '{';
        if (open.push(isName ? new Set() : null) > MOST_DEPTH)
          throw refused(`is nested deeper than ${MOST_DEPTH} levels`);
        objects += 1;
        if (objects > MOST_OBJECTS) throw refused(`has more than ${MOST_OBJECTS} objects and lists`);
        break;
      case '}':
      case ']':
        open.pop();
        isName = false;
        break;
      case ',':
        members += 1;
        if (members > MOST_MEMBERS) throw refused(`has more than ${MOST_MEMBERS} members`);
        isName = open.at(-1) !== null;
        break;
      case ':':
        isName = false;
        break;
      case '"': {
        const end = endOfString(text, at);
        const raw = text.slice(at, end + 1);
        const string = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
        if (isName) inspectName(string, open.at(-1) ?? undefined);
        if (string.length + 2 !== raw.length) inspectText(string);
        at = end;
        break;
      }
      default:
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
}

/** Reaches the prototype when it is taken for the name of a field. */
export function isPrototypeName(name: string): boolean {
  return PROTOTYPE_NAMES.has(name);
}

function inspectName(name: string, seen?: Set<string>): void {
  if (isPrototypeName(name)) throw refused(`has a field named ${name}`);
  inspectText(name);
  if (seen?.has(name)) throw refused('has a field twice in one object');
  seen?.add(name);
}

function inspectText(text: string): void {
  if (text.includes('\0')) throw refused('has a NUL character');
  // With the flag u a pair counts as one character, so this finds lone halves.
  if (/\p{Cs}/u.test(text)) throw refused('has half a surrogate pair');
}

function refused(what: string): AppError {
  return new AppError('malformed_request', `The body ${what}.`);
}
