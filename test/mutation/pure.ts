import fc from 'fast-check';

// The tests that need no database in one file: loading eight would cost more than running them, and each mutant does it anew.
await import('../policy/binding.test.ts');
await import('../policy/cases.test.ts');
await import('../policy/decide.test.ts');
await import('../policy/edges.test.ts');
await import('../policy/strength.test.ts');
await import('../policy/laws.test.ts');
await import('../crypto/keys.test.ts');
await import('../crypto/formats.test.ts');

// The same worlds for every mutant; and a broken law need not be shown at its smallest.
fc.configureGlobal({ seed: 1, endOnFailure: true });
