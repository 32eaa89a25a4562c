import { setFlagsFromString } from 'node:v8';

/**
 * A start leaves as much garbage as it keeps, and V8 would make room for both, and give hardly any of it back. So the heap grows
 * in small steps while the program is loaded, which costs half a second of processor time, and until most of what was needed
 * for the start alone has been collected.
 */
const SMALL_STEPS = ['--heap-growing-percent=10', '--compact-on-every-full-gc'];
/** As V8 has them. Small steps under load cost a tenth of the processor time. */
const USUAL_STEPS = ['--heap-growing-percent=0', '--no-compact-on-every-full-gc'];
/** Milliseconds. */
const SETTLING = 10_000;

for (const flag of SMALL_STEPS) setFlagsFromString(flag);
await import('./serve.ts');
setTimeout(() => {
  for (const flag of USUAL_STEPS) setFlagsFromString(flag);
}, SETTLING).unref();
