import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { settings } from '../../src/config/config.ts';

const page = await readFile('docs/connections.md', 'utf8');

/** The rows of the table of this section. */
function rowsOf(text: string, title: string): string[] {
  const [, after = ''] = text.split(`\n## ${title}\n`);
  const [section = ''] = after.split('\n## ');
  return section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| -'));
}

/** Of these settings those that no row names. */
function unnamed(rows: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => !rows.some((row) => row.includes(`\`${name}\``)));
}

const variables = settings.map(({ variable }) => variable);
/** Where the service is reached, and whom it asks. A link in a page is not asked. */
const addresses = variables.filter(
  (name) => name !== 'EXIT_URL' && /(?:_URL|_ISSUER|_CALLBACKS|_NETWORKS|_PROXIES|^HOST|^PORT)$/.test(name),
);
const secrets = settings.filter(({ isSecret }) => isSecret).map(({ variable }) => variable);

describe('docs/connections.md', () => {
  it('says of every setting with an address who talks to whom by it', () => {
    expect(addresses.length).toBeGreaterThan(9);
    expect(unnamed(rowsOf(page, 'Who talks to whom'), addresses)).toEqual([]);
  });

  it('has every setting with a secret in the list of keys', () => {
    expect(secrets.length).toBeGreaterThan(8);
    expect(unnamed(rowsOf(page, 'Keys'), secrets)).toEqual([]);
    for (const row of rowsOf(page, 'Keys')) {
      const cells = row.split('|').slice(1, -1);
      expect([row, cells.length, cells.filter((cell) => cell.trim() === '')]).toEqual([row, 6, []]);
    }
  });

  it('would be found to leave one out (positive control)', () => {
    const without = (name: string): string => page.replaceAll(`\`${name}\``, '');
    expect(unnamed(rowsOf(without('SMS_GATEWAY_URL'), 'Who talks to whom'), addresses)).toEqual(['SMS_GATEWAY_URL']);
    expect(unnamed(rowsOf(without('DECISION_KEYS'), 'Keys'), secrets)).toEqual(['DECISION_KEYS']);
  });

  it('names settings that there are', () => {
    const named = [...page.matchAll(/`([A-Z][A-Z]+_[A-Z_]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !variables.includes(name))).toEqual(['NODE_EXTRA_CA_CERTS']);
  });
});
