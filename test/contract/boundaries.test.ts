import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/** Where a database library may be used as a value: the files that hold SQL, and those that wire and open connections. */
const DATABASE_FILES = [/\.repository\.ts$/, /\.entity\.ts$/, /\.module\.ts$/, /^src\/database\//, /^src\/audit\//];

/** Files outside that list, and why. */
const DATABASE_EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/auth/change-listener.ts': 'LISTEN needs a connection of its own',
  'src/messages/outbox.runner.ts': 'the job queue needs a pool of its own',
};

/** What anybody may import from these libraries: Nest hands a service its `DataSource`, and a transaction has a type. */
const HANDED_ROUND: Readonly<Record<string, readonly string[]>> = { typeorm: ['DataSource', 'EntityManager'], pg: [] };

interface Import {
  readonly from: string;
  /** Names that exist at run time; types are free. */
  readonly values: readonly string[];
}

async function sources(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir('src', { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(path.join('src', name), 'utf8')));
  return new Map(names.map((name, at) => [`src/${name.split(path.sep).join('/')}`, texts[at] ?? '']));
}

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ from: node.moduleSpecifier.text, values: valuesOf(node.importClause) });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ from: node.moduleSpecifier.text, values: node.isTypeOnly ? [] : ['*'] });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteral(specifier)) found.push({ from: specifier.text, values: ['*'] });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true));
  return found;
}

function valuesOf(clause: ts.ImportClause | undefined): string[] {
  if (clause === undefined) return ['*'];
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const named = clause.namedBindings;
  const names =
    named === undefined
      ? []
      : ts.isNamespaceImport(named)
        ? ['*']
        : named.elements.filter(({ isTypeOnly }) => !isTypeOnly).map((one) => (one.propertyName ?? one.name).text);
  return clause.name === undefined ? names : ['default', ...names];
}

/** Every import that the house's rules forbid, as a sentence. */
function breaches(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, text]) =>
    importsOf(file, text).flatMap(({ from, values }) => {
      const isRelative = from.startsWith('.');
      const target = isRelative ? path.posix.join(path.posix.dirname(file), from) : from;
      if (roomOf(file) === 'policy' && roomOf(target) !== 'policy') {
        return [`${file} imports ${from}: src/policy imports nothing outside itself`];
      }
      if (isRelative) {
        const isPrivate = /\.(repository|entity)\.ts$/.test(target);
        if (!isPrivate || roomOf(file) === roomOf(target) || file === 'src/database/entities.ts') return [];
        return [`${file} imports ${target}: a repository and an entity are private to their room`];
      }
      const allowed = HANDED_ROUND[from];
      if (allowed === undefined || isDatabaseFile(file)) return [];
      const more = values.filter((name) => !allowed.includes(name));
      return more.length === 0 ? [] : [`${file} imports ${more.join(', ')} of ${from}: SQL lives in repositories`];
    }),
  );
}

function roomOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

function isDatabaseFile(file: string): boolean {
  return file in DATABASE_EXCEPTIONS || DATABASE_FILES.some((pattern) => pattern.test(file));
}

describe('the rooms of the house', () => {
  it('keep to themselves what is theirs', async () => {
    const files = await sources();
    expect(files.size).toBeGreaterThan(100);
    expect(breaches(files)).toEqual([]);
  });

  it('have no exception that is needed no more', async () => {
    const files = await sources();
    for (const file of Object.keys(DATABASE_EXCEPTIONS)) {
      const imports = importsOf(file, files.get(file) ?? '');
      const uses = imports.filter(({ from, values }) => from in HANDED_ROUND && values.length > 0);
      expect([file, uses.length]).toEqual([file, 1]);
    }
  });

  it.each([
    ['src/policy/decide.ts', "import { randomUUID } from 'node:crypto';"],
    ['src/policy/decide.ts', "import type { Config } from '../config/config.ts';"],
    ['src/calls/calls.service.ts', "import { CodesRepository } from '../codes/codes.repository.ts';"],
    ['src/calls/calls.service.ts', "import type { CodeEntity } from '../codes/code.entity.ts';"],
    ['src/calls/calls.service.ts', "export * from '../codes/code.entity.ts';"],
    ['src/calls/calls.service.ts', "const late = import('../codes/codes.repository.ts');"],
    ['src/calls/calls.service.ts', "import { Pool, type Client } from 'pg';"],
    ['src/calls/calls.service.ts', "import pg from 'pg';"],
    ['src/calls/calls.controller.ts', "import { Repository } from 'typeorm';"],
  ])('would be seen to be left by %s with %s', (file, text) => {
    expect(breaches(new Map([[file, text]]))).toHaveLength(1);
  });

  it.each([
    ['src/policy/decide.ts', "import { REASONS } from './reasons.ts';"],
    ['src/calls/calls.service.ts', "import { CallsRepository } from './calls.repository.ts';"],
    ['src/calls/calls.service.ts', "import { DataSource, type EntityManager } from 'typeorm';"],
    ['src/calls/calls.service.ts', "import type { ClientBase } from 'pg';"],
    ['src/calls/calls.repository.ts', "import { Repository } from 'typeorm';"],
    ['src/database/entities.ts', "import { CallEntity } from '../calls/call.entity.ts';"],
  ])('let %s have %s', (file, text) => {
    expect(breaches(new Map([[file, text]]))).toEqual([]);
  });
});
