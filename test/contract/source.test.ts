import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { LOOK_ALIKES } from '../../src/holders/secret-words.ts';

// Rules about what stands in the source, where a run shows little: a weak random number and a slow comparison work as well as good ones.

const run = promisify(execFile);

let sources: ReadonlyMap<string, string>;

beforeAll(async () => {
  const names = (await readdir('src', { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(path.join('src', name), 'utf8')));
  sources = new Map(names.map((name, at) => [`src/${name.split(path.sep).join('/')}`, texts[at] ?? '']));
  expect(sources.size).toBeGreaterThan(300);
});

/** What `pick` finds in a text, of all that it is made of. */
function pickAll<T>(text: string, pick: (node: ts.Node) => T | null): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    const one = pick(node);
    if (one !== null) found.push(one);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('one.tsx', text, ts.ScriptTarget.ES2023, true));
  return found;
}

describe('randomness', () => {
  /** Anything by the name of `random` that is not node:crypto's. */
  const weak = (text: string): string[] =>
    pickAll(text, (node) => {
      const isMath = ts.isIdentifier(node) && node.text === 'Math';
      if (!isMath) return null;
      const { parent } = node;
      if (ts.isPropertyAccessExpression(parent)) return parent.name.text === 'random' ? parent.getText() : null;
      return parent.getText();
    });

  it('comes from the system’s generator alone', () => {
    expect([...sources].flatMap(([file, text]) => weak(text).map((found) => `${file}: ${found}`))).toEqual([]);
  });

  it.each(['const code = Math.random();', 'const { random } = Math;', "Math['random']()", 'const dice = Math;'])(
    'would be seen to come from elsewhere in %s',
    (text) => {
      expect(weak(text)).toHaveLength(1);
    },
  );
});

describe('a secret', () => {
  const SECRET = /(?:hash|token|secret|mac|digest|signature|password)$/i;
  /** Hashes of what is public: nobody learns anything from how long it takes to find them different. */
  const PUBLIC = new Set(['audit', 'policy-documents']);
  const EXCEPTIONS: Readonly<Record<string, string>> = {
    'src/idempotency/idempotency.service.ts':
      "the hash of the asker's own body, compared with that of another body of theirs",
    'src/authzen/access-requests.service.ts': "the hash of the asker's own question",
    'src/authzen/denials.ts': 'inside a denial whose signature was verified: the hash of the question beside it',
  };
  const roomOf = (file: string): string => file.split('/')[1] ?? '';
  const nameOf = (node: ts.Expression): string => {
    if (ts.isIdentifier(node)) return node.text;
    if (ts.isPropertyAccessExpression(node)) return node.name.text;
    if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression))
      return node.argumentExpression.text;
    return ts.isCallExpression(node) ? nameOf(node.expression) : '';
  };
  /** A text that stands in the source is no secret. */
  const isNothing = (node: ts.Expression): boolean =>
    ts.isStringLiteral(node) || node.kind === ts.SyntaxKind.NullKeyword || nameOf(node) === 'undefined';
  const EQUAL = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]);
  /** Comparisons that stop at the first difference. */
  const early = (text: string): string[] =>
    pickAll(text, (node) => {
      if (ts.isBinaryExpression(node) && EQUAL.has(node.operatorToken.kind)) {
        const sides = [node.left, node.right];
        return sides.some((side) => SECRET.test(nameOf(side))) && !sides.some(isNothing) ? node.getText() : null;
      }
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return null;
      const { expression, name } = node.expression;
      if (!['equals', 'compare'].includes(name.text)) return null;
      return [expression, ...node.arguments].some((side) => SECRET.test(nameOf(side))) ? node.getText() : null;
    });

  it('is compared in constant time, wherever it is compared here', () => {
    const compared = [...sources].filter(([file]) => !PUBLIC.has(roomOf(file)) && !(file in EXCEPTIONS));
    expect(compared.flatMap(([file, text]) => early(text).map((found) => `${file}: ${found}`))).toEqual([]);
    // An exception that nothing needs any more goes.
    expect(Object.keys(EXCEPTIONS).filter((file) => early(sources.get(file) ?? '').length === 0)).toEqual([]);
  });

  it('is compared so for keys, sessions of both kinds, codes and acceptance codes', () => {
    const files = [...sources].filter(([, text]) => /\btimingSafeEqual\(/.test(text)).map(([file]) => file);
    expect(files.toSorted()).toEqual([
      'src/auth/keys.service.ts',
      'src/codes/code-derivation.ts',
      'src/mandates/acceptance-code.ts',
      'src/sessions/sessions.service.ts',
      'src/staff/staff-sessions.service.ts',
    ]);
  });

  it.each([
    'row.tokenHash === hashToken(token)',
    'if (secret !== given) return',
    'stored.hash.equals(hash)',
    "a['mac'] === b",
  ])('would be seen to be compared byte by byte in %s', (text) => {
    expect(early(text)).toHaveLength(1);
  });
});

describe('a pattern', () => {
  /** Of those that look at what others send none may take longer than in proportion; these look at something else. */
  const SHORT_OR_OURS: Readonly<Record<string, string>> = {
    'src/cli/policy.command.ts': 'a word of the command line',
    'src/config/kinds.ts': 'a setting',
    'src/http/log.ts': 'a line of a stack of at most 500 characters',
    'src/pages/stylesheet.ts': 'the stylesheet of a package, once at the start',
  };
  /** Put together when the program starts: a fixed number of characters out of one set each, or looked at below. */
  const MADE = ['src/auth/key-format.ts', 'src/holders/secret-words.ts', 'src/mandates/mandate-ref.ts'];

  const literals = (text: string): string[] =>
    pickAll(text, (node) => (ts.isRegularExpressionLiteral(node) ? node.text : null));
  const made = (text: string): string[] =>
    pickAll(text, (node) => {
      const isMade = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp';
      return isMade ? node.getText() : null;
    });

  /** What the checker says of each: `safe`, or how much longer it takes over more. Inside a test it is ten times slower. */
  async function complexities(patterns: readonly string[]): Promise<string[]> {
    const running = run(process.execPath, ['test/support/pattern-checker.js']);
    running.child.stdin?.end(JSON.stringify(patterns));
    return JSON.parse((await running).stdout) as string[];
  }

  it('takes time in proportion to what it looks at', async () => {
    const patterns = [...new Set([...[...sources.values()].flatMap(literals), ...LOOK_ALIKES.map(String)])];
    expect(patterns.length).toBeGreaterThan(100);
    const said = await complexities(patterns);
    const slow = new Set(patterns.filter((_, at) => said[at] !== 'safe'));
    const files = [...sources].filter(([, text]) => literals(text).some((one) => slow.has(one))).map(([file]) => file);
    expect(files.toSorted()).toEqual(Object.keys(SHORT_OR_OURS));
    expect(LOOK_ALIKES.filter((one) => slow.has(String(one)))).toEqual([]);
  }, 300_000);

  it('is a literal, or one of a few that are put together at the start', () => {
    const files = [...sources].filter(([, text]) => made(text).length > 0).map(([file]) => file);
    expect(files.toSorted()).toEqual(MADE);
  });

  it('is found when it takes longer', async () => {
    const slow = ['/^(a+)+$/', '/^(?:a|a)*$/', String.raw`/\s+$/`, String.raw`/\d+(?:\.\d+){2,}/g`];
    for (const said of await complexities(slow)) expect(said).toMatch(/polynomial|exponential/);
  }, 60_000);
});

describe('an object inside a body', () => {
  const HERE = 'src/holders/field-rules.ts';
  /** Whatever looks at members of an object takes a list of such objects for one, unless it is held to be an object. */
  const nested = (text: string): string[] =>
    pickAll(text, (node) => (ts.isIdentifier(node) && node.text === 'ValidateNested' ? node.parent.getText() : null));
  /** Rules for each of a list take what is no list for its only one. */
  const listless = (text: string): string[] =>
    pickAll(text, (node) => {
      const isEach =
        ts.isPropertyAssignment(node) && node.name.getText() === 'each' && ts.isCallExpression(node.parent.parent);
      if (!isEach) return null;
      const rule = node.parent.parent;
      const beside = ts.isDecorator(rule.parent) ? rule.parent.parent : rule.parent;
      return /\bIs(?:Array|ListOf)\(/.test(beside.getText()) ? null : beside.getText();
    });

  it('is read by one of two rules, which hold it to be an object, or a list of objects alone', () => {
    const files = [...sources].filter(([, text]) => nested(text).length > 0).map(([file]) => file);
    expect(files).toEqual([HERE]);
  });

  it('and what is looked at one by one is a list', () => {
    expect([...sources].flatMap(([file, text]) => listless(text).map((found) => `${file}: ${found}`))).toEqual([]);
  });

  it.each([
    'class A { @ValidateNested() @Type(() => B) one: B; }',
    'class A { @IsLeftOutOr(ValidateNested()) @Type(() => B) one?: B; }',
    "import { ValidateNested as Deep } from 'class-validator';",
    'const rules = [IsArray(), ValidateNested({ each: true })];',
  ])('would be seen to be read in another way in %s', (text) => {
    expect(nested(text)).toHaveLength(1);
  });

  it.each([
    'class A { @MaxLength(3, { each: true }) names: string[]; @IsArray() others: string[]; }',
    'class A { @IsLeftOutOr(ArrayUnique(), IsIn(WORDS, { each: true })) words?: string[]; }',
    'for (const rule of [ArrayUnique(), IsReference({ each: true })]) rule(target, property);',
  ])('would be seen to be no list in %s', (text) => {
    expect(listless(text)).toHaveLength(1);
  });
});
