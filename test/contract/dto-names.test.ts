import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** What the document itself adds (`src/http/open-api.ts`). */
const OWN = ['Fault', 'Problem'];

async function dtoFiles(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.dto.ts'));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join('src', name), 'utf8')] as const)),
  );
}

/** Names that more than one class has, with the files of these classes. */
function shared(files: ReadonlyMap<string, string>): Readonly<Record<string, readonly string[]>> {
  const places = new Map(OWN.map((name) => [name, ['src/http/open-api.ts']]));
  for (const [file, text] of files) {
    for (const [, name = ''] of text.matchAll(/\bclass\s+(\w+)/g))
      places.set(name, [...(places.get(name) ?? []), file]);
  }
  return Object.fromEntries([...places].filter(([, where]) => where.length > 1));
}

// The OpenAPI document knows a class by its name alone: two of one name would both be described as the one that was read last.
describe('The classes of requests and answers', () => {
  it('have a name each', async () => {
    const files = await dtoFiles();
    expect(files.size).toBeGreaterThan(30);
    expect([...files.values()].join('').match(/\bclass\s+\w+/g)?.length).toBeGreaterThan(200);
    expect(shared(files)).toEqual({});
  });

  it('are nowhere else: what the document shows is written in these files', async () => {
    const names = (await readdir('src', { recursive: true })).filter((name) => /(?<!\.dto)\.tsx?$/.test(name));
    const texts = await Promise.all(names.map((name) => readFile(path.join('src', name), 'utf8')));
    const others = names.filter((_, at) => /@ApiProperty|@ApiSchema/.test(texts[at] ?? ''));
    expect(others).toEqual([]);
  });

  it.each([
    ['two files', { 'one.dto.ts': 'export class Same {}', 'two.dto.ts': 'class Same extends Other {}' }, ['Same']],
    ['the document itself', { 'one.dto.ts': 'export class Problem {}' }, ['Problem']],
  ])('would be seen to share a name in %s', (_where, files, names) => {
    expect(Object.keys(shared(new Map(Object.entries(files))))).toEqual(names);
  });
});
