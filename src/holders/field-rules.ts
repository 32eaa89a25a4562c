import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  buildMessage,
  IsArray,
  isISO8601,
  IsObject,
  isRFC3339,
  Matches,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { type Form, SaidForm } from '../http/open-api-forms.ts';
import { HOLDS_OBJECTS } from '../http/validation.pipe.ts';
import { CONTACT_POINT_KINDS, type ContactPointKind } from './contact-point.ts';
import { FORBIDDEN_CHARACTERS, normaliseValue, tidy, VALUE_HELP, VALUE_LENGTH } from './normalise.ts';
import { looksLikeSecret } from './secret-words.ts';

/** References travel in paths, hence this alphabet. They are compared byte by byte: case counts. */
export const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** The CRM's own reference of a person or contract. Never a name or an address: it stands in the audit. */
export function IsReference(options: { each?: boolean } = {}): PropertyDecorator {
  return Matches(REFERENCE, {
    ...options,
    message: 'must be 1 to 64 letters, digits, dots, colons, hyphens or underscores, beginning with a letter or digit',
  });
}

/** One line of readable text; leading, trailing and double spaces don't count. */
export function IsLine(longest: number): PropertyDecorator {
  const isLine = (value: unknown): boolean => {
    if (typeof value !== 'string' || FORBIDDEN_CHARACTERS.test(value)) return false;
    const { length } = tidy(value);
    return length >= 1 && length <= longest;
  };
  const message = `must be text of 1 to ${longest} characters on one line, without control characters`;
  return rule('isLine', isLine, message, { minLength: 1, maxLength: longest });
}

/** Readable text of some lines, in somebody's own words. A password or a code is none: nobody here is to know it. */
export function IsPlainText(longest: number): PropertyDecorator {
  const message = `must be text of 1 to ${longest} characters, without control characters, and without a password or a code`;
  return rule('isPlainText', (value) => isPlainText(value, longest), message, { minLength: 1, maxLength: longest });
}

export function isPlainText(value: unknown, longest: number): value is string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > longest) return false;
  return !FORBIDDEN_CHARACTERS.test(value.replaceAll(/[\r\n\t]/g, ' ')) && !looksLikeSecret(value);
}

/** What a contact point of the kind that stands beside it may hold. */
export function IsContactValue(): PropertyDecorator {
  return ValidateBy({
    name: 'isContactValue',
    constraints: [new SaidForm({ minLength: 1, maxLength: Math.max(...Object.values(VALUE_LENGTH)) })],
    validator: {
      validate: (value, target) => {
        const kind = kindOf(target?.object);
        // A wrong kind is a fault of its own; nothing can be said about the value then.
        if (kind === null) return true;
        return typeof value === 'string' && !FORBIDDEN_CHARACTERS.test(value) && normaliseValue(kind, value) !== null;
      },
      defaultMessage: (target) => VALUE_HELP[kindOf(target?.object) ?? 'phone'],
    },
  });
}

/** A moment with its offset from UTC, such as 2026-02-01T09:00:00+01:00. */
export function IsMoment(): PropertyDecorator {
  const message = 'must be a moment with a time zone, such as "2026-02-01T09:00:00+01:00"';
  return rule('isMoment', isMoment, message, { format: 'date-time' });
}

/** A day of the calendar, such as 2026-02-28. */
export function IsDay(): PropertyDecorator {
  const isDay = (value: unknown): boolean =>
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isISO8601(value, { strict: true });
  return rule('isDay', isDay, 'must be a day, such as "2026-02-28"', { format: 'date' });
}

/** May be left out, may not be null. */
export function IsLeftOutOr(...others: PropertyDecorator[]): PropertyDecorator {
  return applyDecorators(
    ValidateIf((_, value: unknown) => value !== undefined),
    ...others,
  );
}

/** One object of a class, read as one. Without the look at what it is, a list of them would pass, and be taken for one. */
export function IsObjectOf(type: () => new () => object): PropertyDecorator {
  return applyDecorators(IsObject(), ValidateNested(), Type(type));
}

/** Objects of one class, each read as one. A list inside the list is none: its members would be looked at, and it taken for one. */
export function IsListOf(type: () => new () => object): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    IsObject({ each: true, message: HOLDS_OBJECTS }),
    ValidateNested({ each: true }),
    Type(type),
  );
}

const PROPERTY_NAME = /^[a-z][a-z0-9_]{0,39}$/;
/** Members of such an object, and characters of a text in it. */
const MOST_PROPERTIES = 20;
const LONGEST_PROPERTY = 200;

/** How the OpenAPI document shows what {@link IsPropertyMap} accepts. */
export const PROPERTIES: ApiPropertyOptions = {
  type: 'object',
  additionalProperties: {
    oneOf: [{ type: 'string', maxLength: LONGEST_PROPERTY }, { type: 'number' }, { type: 'boolean' }],
  },
};

/** What conditions read: a flat object of texts, numbers and truths. Never personal data. */
export function IsPropertyMap(): PropertyDecorator {
  const isMap = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const members = Object.entries(value);
    return (
      members.length <= MOST_PROPERTIES &&
      members.every(([name, member]) => PROPERTY_NAME.test(name) && isPropertyValue(member))
    );
  };
  const message =
    `must be an object of at most ${MOST_PROPERTIES} members; names are 1 to 40 lower-case letters, digits and underscores, ` +
    `values are texts of at most ${LONGEST_PROPERTY} characters, numbers, true or false`;
  return rule('isPropertyMap', isMap, message, { maxProperties: MOST_PROPERTIES });
}

/** A person has one address of record, or none. */
export function HasOneAddress(): PropertyDecorator {
  const hasOne = (value: unknown): boolean => !Array.isArray(value) || value.filter(isPostal).length <= 1;
  return rule('hasOneAddress', hasOne, 'must have at most one of kind "postal": the address of record', {});
}

/** @param form what the OpenAPI document says of it; spaces that don't count are no part of its lengths */
function rule(name: string, validate: (value: unknown) => boolean, message: string, form: Form): PropertyDecorator {
  return ValidateBy({
    name,
    constraints: [new SaidForm(form)],
    validator: { validate, defaultMessage: buildMessage(() => message) },
  });
}

function kindOf(object: object | undefined): ContactPointKind | null {
  const kind: unknown = object !== undefined && 'kind' in object ? object.kind : undefined;
  return CONTACT_POINT_KINDS.find((one) => one === kind) ?? null;
}

function isMoment(value: unknown): boolean {
  return isRFC3339(value) && isISO8601(value, { strict: true }) && !Number.isNaN(Date.parse(String(value)));
}

function isPropertyValue(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_PROPERTY && !FORBIDDEN_CHARACTERS.test(value);
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

function isPostal(point: unknown): boolean {
  return typeof point === 'object' && point !== null && kindOf(point) === 'postal';
}
