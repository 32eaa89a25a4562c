import { setFlagsFromString } from 'node:v8';

/**
 * A start leaves as much garbage as it keeps, and V8 would make room for both, and give hardly any of it back. So the heap grows
 * in small steps while the program is loaded, which costs half a second of processor time. Under load that would be a tenth
 * of all there is, so it ends with the start.
 */
const WHILE_STARTING = ['--heap-growing-percent=10', '--compact-on-every-full-gc', '--bytecode-old-age=1'];
/** V8's own. */
const USUAL = ['--heap-growing-percent=0', '--no-compact-on-every-full-gc', '--bytecode-old-age=5'];

/** Until what was needed for the start alone has been collected. Milliseconds. */
const SETTLING = 10_000;

for (const flag of WHILE_STARTING) setFlagsFromString(flag);
await import('./serve.ts');
setTimeout(() => {
  for (const flag of USUAL) setFlagsFromString(flag);
}, SETTLING).unref();
