import { describe, expect, it } from '@jest/globals';
import IntlMessageFormat from 'intl-messageformat';

import { en as enMessages } from '../../src/messages/catalogue.en.ts';
import { nl as nlMessages } from '../../src/messages/catalogue.nl.ts';
import { everyText } from '../../src/pages/text.ts';

type Ast = ReturnType<IntlMessageFormat['getAst']>;

/** The kind of a part that is plain words, in the parser's own numbers. */
const LITERAL = 0;

/** Names of the values that a text needs, wherever in it they stand. */
function valuesOf(ast: Ast): string[] {
  return ast.flatMap((part) => {
    const own = 'value' in part && (part.type as number) !== LITERAL ? [part.value] : [];
    const inner = 'options' in part ? Object.values(part.options).flatMap((option) => valuesOf(option.value)) : [];
    return [...own, ...inner];
  });
}

describe('Every text of the self-service', () => {
  it.each(Object.entries(everyText))('%s reads in both languages, with the same values', (_key, { nl, en }) => {
    const [dutch = [], english = []] = [nl, en].map((text) =>
      valuesOf(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst()),
    );
    expect([...new Set(dutch)].toSorted()).toEqual([...new Set(english)].toSorted());
    expect(nl.trim()).toBe(nl);
    expect(en.trim()).toBe(en);
    expect([nl, en]).not.toContain('');
  });
});

/** A number straight before what is counted, which "1" would be wrong with. */
const COUNTED =
  /\{\w+\} (seconden|minuten|dagen|weken|maanden|jaren|machtigingen|seconds|minutes|hours|days|weeks|months|years|times|mandates)\b/;

describe('What is counted', () => {
  it('reads well of one, too', () => {
    const wrong = Object.entries(everyText).filter(([, { nl, en }]) => COUNTED.test(nl) || COUNTED.test(en));
    expect(wrong.map(([key]) => key)).toEqual([]);
    expect(COUNTED.test('binnen {count} minuten')).toBe(true);
    const later = everyText['proof.later_text']?.nl ?? '';
    const read = (count: number) => new IntlMessageFormat(later, 'nl').format({ count });
    expect([read(1), read(10)]).toEqual([
      expect.stringContaining('binnen 1 minuut.'),
      expect.stringContaining('binnen 10 minuten.'),
    ]);
  });
});

/** A text as it is read, once for each of its choices: what is filled in is one word. */
function readings(ast: Ast): string[] {
  const depth = Math.max(1, ...ast.map((part) => ('options' in part ? Object.keys(part.options).length : 1)));
  return Array.from({ length: depth }, (_, at) =>
    ast
      .map((part) => {
        if ('options' in part) {
          const options = Object.values(part.options);
          return readings((options[at] ?? options.at(-1))?.value ?? [])[0] ?? '';
        }
        return 'value' in part && (part.type as number) === LITERAL ? part.value : 'dit';
      })
      .join(''),
  );
}

/** Words in each sentence. */
function lengths(text: string): number[] {
  return text
    .split(/(?<=[.!?:;])\s+|\n+/)
    .map((sentence) => sentence.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length)
    .filter((count) => count > 0);
}

/** Of offices, and of nobody else. What to say instead is in the Dutch government's own list of words for level B1. */
const OFFICIAL =
  /\b(aangaande|alsmede|betreffende|bovengenoemde?|conform|derhalve|desbetreffende|dient te|dienen te|echter|hierbij|hieromtrent|indien|inzake|middels|mits|nadien|omtrent|overeenkomstig|reeds|teneinde|terzake|tenzij|tevens|thans|uiterlijk|verstrekken|voornoemde?|zulks)\b/i;
/** Longest sentence that level B1 bears, and what sentences of a text come to on the whole. Words. */
const LONGEST = 25;
const USUAL = 12;

describe('What people read is at level B1', () => {
  const texts = [
    ...Object.entries(everyText).flatMap(([key, { nl, en }]) => [
      [`nl ${key}`, nl] as const,
      [`en ${key}`, en] as const,
    ]),
    ...Object.entries(nlMessages).map(([key, text]) => [`nl ${key}`, text] as const),
    ...Object.entries(enMessages).map(([key, text]) => [`en ${key}`, text] as const),
  ].map(([key, text]) => {
    const ast = new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst();
    return { key, sentences: readings(ast).flatMap(lengths), text };
  });

  it('in short sentences', () => {
    expect(texts.filter(({ sentences }) => Math.max(...sentences) > LONGEST).map(({ key }) => key)).toEqual([]);
    const all = texts.flatMap(({ sentences }) => sentences);
    expect(all.reduce((sum, one) => sum + one, 0) / all.length).toBeLessThan(USUAL);
    // What is measured would be noticed.
    expect(lengths(`${'woord '.repeat(LONGEST + 1)}.`)).toEqual([LONGEST + 1]);
  });

  it('in words that are said, and not only written', () => {
    const dutch = texts.filter(({ key }) => key.startsWith('nl '));
    expect(dutch.flatMap(({ key, text }) => (OFFICIAL.test(text) ? [[key, OFFICIAL.exec(text)?.[0]]] : []))).toEqual(
      [],
    );
    expect(OFFICIAL.test('Indien u dit wenst')).toBe(true);
  });
});
