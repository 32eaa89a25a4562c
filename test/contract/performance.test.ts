import { readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';

import { marksOf } from '../../bench/marks.ts';
import { renderReport, staleDocuments } from '../../bench/report.ts';
import { rowsOf } from '../../bench/rows.ts';
import { compilePolicy } from '../../src/policy-documents/compile-policy.ts';
import type { Result } from '../../bench/results.ts';

const DATA = 'docs/performance.json';

describe('The performance that the documents tell', () => {
  it('is, in table and chart, what the results on file say', async () => {
    expect(await staleDocuments()).toEqual([]);
  });

  it('would be told otherwise by other results, in table and chart', async () => {
    const data = await readFile(DATA, 'utf8');
    const results = JSON.parse(data) as readonly Result[];
    const faster = results.map((result) => ({
      ...result,
      all: result.all.map((one) => (one.row === 'check-three' ? { ...one, perSecond: one.perSecond * 2 } : one)),
    }));
    const before = await renderReport(data);
    for (const [file, text] of await renderReport(JSON.stringify(faster))) expect(text).not.toBe(before.get(file));
  });

  it('is of one program, and says of what was not measured that it was not', async () => {
    const results = JSON.parse(await readFile(DATA, 'utf8')) as readonly Result[];
    expect(new Set(results.map(({ source }) => source.tree)).size).toBe(1);
    const page = await readFile('docs/performance.md', 'utf8');
    const missing = marksOf(results).filter(({ value }) => value === null);
    expect(page.split('not measured |').length - 1).toBe(missing.length);
  });

  it('has rows for the standard API: one evaluation, a batch of 20 and a search of actions, measured at every scale', async () => {
    const compiled = compilePolicy(await readFile('policies/telecom.yaml', 'utf8'));
    if ('faults' in compiled) throw new Error('the policy has mistakes');
    const rows = rowsOf(compiled.policy);
    const evaluations = rows.filter(({ name }) => ['evaluate', 'evaluate-20', 'search-action'].includes(name));
    expect(evaluations.map(({ name, about, target }) => [name, about, target])).toEqual([
      ['evaluate', 'AuthZEN evaluation of one action', 'service'],
      ['evaluate-20', 'AuthZEN evaluations of 20 actions', 'service'],
      ['search-action', expect.stringMatching(/^AuthZEN search among all \d+ actions$/), 'service'],
    ]);
    // They take the answer for what it is: a permit that is an error, or fewer answers than questions, is none.
    const [one, twenty, search] = evaluations.map(({ isRight }) => isRight);
    const answer = '{"decision":true}';
    expect([one?.(answer), one?.('{"decision":false,"context":{"error":{}}}')]).toEqual([true, false]);
    expect([twenty?.(answer.repeat(20)), twenty?.(answer.repeat(19))]).toEqual([true, false]);
    expect([search?.('{"results":[{"name":"a"}]}'), search?.('{"results":[]}')]).toEqual([true, false]);
    const results = JSON.parse(await readFile(DATA, 'utf8')) as readonly Result[];
    for (const { all } of results.filter(({ part }) => part === 'rates')) {
      expect(all.map(({ row }) => row)).toEqual(expect.arrayContaining(evaluations.map(({ name }) => name)));
    }
  });

  it('is drawn so that it can be read without being seen', async () => {
    const image = await readFile('docs/performance.svg', 'utf8');
    expect(image).toMatch(/role="img" aria-labelledby="title desc"/);
    expect(image).toMatch(/<title id="title">[^<]+<\/title>\s*<desc id="desc">[^<]+<\/desc>/);
    expect(image).not.toMatch(/NaN|undefined|Infinity/);
    expect(await readFile('docs/performance.md', 'utf8')).toMatch(/!\[[^\]]{20,}\]\(performance\.svg\)/);
  });
});
