import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

describe('docs/assurance.md', () => {
  it('names tests that exist', async () => {
    const text = await readFile('docs/assurance.md', 'utf8');
    const named = new Set(
      [...text.matchAll(/`([a-z-]+\/[a-z-]+\.(?:test|fault|attack|large)\.ts)`/g)].map(([, file = '']) => file),
    );
    expect(named.size).toBeGreaterThan(30);
    const missing = await Promise.all(
      [...named].map((file) =>
        access(`test/${file}`).then(
          () => null,
          () => file,
        ),
      ),
    );
    expect(missing.filter((file) => file !== null)).toEqual([]);
  });
});
