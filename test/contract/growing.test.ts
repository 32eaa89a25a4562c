import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

/** Every table of the schema's snapshot. */
async function tables(): Promise<string[]> {
  const schema = await readFile('migrations/schema.sql', 'utf8');
  return [...schema.matchAll(/^(?:PARTITIONED )?TABLE public\.(\w+)/gm)].map(([, name = '']) => name);
}

/** What the page says of where the tables would lie, each as often as it is named. */
function placed(page: string): string[] {
  const [, section = ''] = /^## Spreading by holder\n([^]*?)(?:^## |$(?![^]))/m.exec(page) ?? [];
  const rows = section.slice(0, section.indexOf('What would have to change')).split('\n');
  return rows
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => [...line.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}

describe('docs/growing.md', () => {
  it('says of every table by what it would be spread, once, and names no other', async () => {
    const wanted = await tables();
    expect(wanted.length).toBeGreaterThan(60);
    expect(placed(await readFile('docs/growing.md', 'utf8')).toSorted()).toEqual(wanted.toSorted());
  });

  it('would be found to leave one out, or to name one twice (positive control)', async () => {
    const page = await readFile('docs/growing.md', 'utf8');
    const wanted = (await tables()).toSorted();
    for (const changed of [page.replace('`blocks`, ', ''), page.replace('`blocks`, ', '`blocks`, `blocks`, ')]) {
      expect(changed).not.toBe(page);
      expect(placed(changed).toSorted()).not.toEqual(wanted);
    }
  });

  it('names routes that there are, where it says what is costly', async () => {
    const page = await readFile('docs/growing.md', 'utf8');
    const { paths } = JSON.parse(await readFile('openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const named = [...page.matchAll(/`(GET|POST) (\/[^`]+)`/g)];
    expect(named.length).toBeGreaterThan(6);
    for (const [whole, method = '', path = ''] of named) {
      expect([whole, paths[path]?.[method.toLowerCase()] !== undefined]).toEqual([whole, true]);
    }
  });

  it('names tests, commands and decisions that there are', async () => {
    const page = await readFile('docs/growing.md', 'utf8');
    for (const [, file = ''] of page.matchAll(/`(test\/[\w./-]+\.ts)`/g))
      await expect(readFile(file)).resolves.toBeDefined();
    for (const [, file = ''] of page.matchAll(/\]\((decisions\/[\w-]+\.md)\)/g)) {
      await expect(readFile(`docs/${file}`)).resolves.toBeDefined();
    }
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
    for (const [, script = ''] of page.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
  });
});
