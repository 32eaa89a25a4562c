import { it } from '@jest/globals';

/** `it`, where nothing keeps this machine from running such a case; else it is skipped, and its name says why. */
export function itUnless(obstacle: string | null, what: string): (name: string, work: () => Promise<void>) => void {
  if (obstacle === null) return (name, work) => it(name, work);
  console.log(`SKIPPED: ${what}: ${obstacle}`);
  return (name, work) => it.skip(`${name} [SKIPPED: ${obstacle}]`, work);
}
