import { readdir, readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';

import { NO_SCREENS, PLACES, SCREENS } from '../browser/screens.ts';
import { PAGES } from '../support/pages.ts';

const FOLDER = 'test/browser';

async function browserTests(): Promise<string> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.test.ts'));
  return (await Promise.all(files.map((file) => readFile(`${FOLDER}/${file}`, 'utf8')))).join('\n');
}

describe('Every page', () => {
  it('is looked at in a browser, or is said to be none', () => {
    const routes = Object.keys(PAGES)
      .filter((route) => route.startsWith('GET '))
      .map((route) => route.slice('GET '.length));
    const known = [SCREENS, PLACES, NO_SCREENS].flatMap((table) => Object.keys(table));
    expect(known.toSorted()).toEqual(routes.toSorted());
    const looks = [SCREENS, PLACES].flatMap((table) => Object.values(table));
    expect(looks.length).toBe(new Set(looks).size);
  });

  it('is looked at by a test that says so, in both languages', async () => {
    const text = await browserTests();
    const lines = text.split('\n').filter((line) => line.includes('.look('));
    const looked = new Set(lines.flatMap((line) => /\.look\('([^']+)'\)/.exec(line)?.[1] ?? []));
    expect(Object.values(SCREENS).filter((name) => !looked.has(name))).toEqual([]);
    expect(text).toContain('of Object.entries(PLACES)');
    // A look for one language alone would be on a line with its condition.
    expect(lines.filter((line) => line.includes('language'))).toEqual([]);
  });
});
