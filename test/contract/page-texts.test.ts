import { describe, expect, it } from '@jest/globals';
import IntlMessageFormat from 'intl-messageformat';

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
