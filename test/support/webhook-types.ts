import { readFile } from 'node:fs/promises';

/** Every type that docs/webhooks.md names, with the references that it may have. */
export async function documentedTypes(): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = (await readFile('docs/webhooks.md', 'utf8')).split('\n').filter((line) => line.startsWith('| `'));
  const wordsIn = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  return new Map(
    rows.flatMap((row) => {
      const [, types, references] = row.split('|');
      const [first = '', ...rest] = wordsIn(types);
      const names = first.endsWith('.') ? rest.map((word) => `${first}${word}`) : [first];
      return names.map((name) => [name, wordsIn(references)] as const);
    }),
  );
}
