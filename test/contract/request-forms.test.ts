import { describe, expect, it } from '@jest/globals';

import { Document, type Operation, type Schema } from '../attack/document.ts';

/** What a client can know of a text before it sends one. */
const SAID = ['pattern', 'format', 'enum', 'maxLength'] as const;

/** Texts of which the document says nothing, by the end of their name, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'header accept-language': 'RFC 9110 says what it looks like; what is none is passed over',
  'POST /v1/imports body': 'a file, with a line for each; the comment of the operation says what is in one',
  'POST /v1/policies body/document': 'a policy document, which has a schema of its own',
  'POST /v1/policies/check body/document': 'the same',
  'POST /v1/policies/dry-run body/document': 'the same',
  'actions/0/properties/*': 'the policy says it for each property of an action',
};

interface Text {
  readonly name: string;
  readonly schema: Schema;
}

const document = new Document();
const texts = document.operations.flatMap((operation) => textsOf(operation));

function textsOf({ route, parameters, bodies }: Operation): readonly Text[] {
  return [
    ...parameters.flatMap(({ in: place, name, schema }) => inside(`${route} ${place} ${name.toLowerCase()}`, schema)),
    ...Object.values(bodies).flatMap((schema) => inside(`${route} body`, schema)),
  ];
}

/** Every text at every depth, with its name. */
function inside(name: string, given: Schema, depth = 0): readonly Text[] {
  const schema = document.resolve(given);
  if (depth > 8) return [];
  const further = (more: string, part: Schema): readonly Text[] => inside(`${name}${more}`, part, depth + 1);
  const { oneOf = [], anyOf = [], allOf = [], properties = {}, items, additionalProperties: others } = schema;
  return [
    ...([schema.type].flat().includes('string') ? [{ name, schema }] : []),
    ...[...oneOf, ...anyOf, ...allOf].flatMap((part) => further('', part)),
    ...Object.entries(properties).flatMap(([member, part]) => further(`/${member}`, part)),
    ...(items === undefined ? [] : further('/0', items)),
    ...(typeof others === 'object' ? further('/*', others) : []),
  ];
}

function isSaid(schema: Schema): boolean {
  return SAID.some((member) => schema[member] !== undefined);
}

describe('Each text of a request', () => {
  it('has a form, a list or a bound in the OpenAPI document, but for those whose reason stands here', () => {
    expect(texts.length).toBeGreaterThan(400);
    const silent = texts.filter(({ schema }) => !isSaid(schema)).map(({ name }) => name);
    const excused = Object.keys(EXCEPTIONS);
    expect(silent.filter((name) => !excused.some((end) => name.endsWith(end)))).toEqual([]);
    expect(excused.filter((end) => !silent.some((name) => name.endsWith(end)))).toEqual([]);
  });

  it('has none that its own example does not fit', () => {
    const wrong = texts.filter(({ schema: { pattern, maxLength = Infinity, example } }) => {
      if (typeof example !== 'string') return false;
      return example.length > maxLength || (pattern !== undefined && !new RegExp(pattern, 'u').test(example));
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(
      texts.filter(({ schema: { pattern, example } }) => pattern !== undefined && example !== undefined).length,
    ).toBeGreaterThan(20);
  });
});
