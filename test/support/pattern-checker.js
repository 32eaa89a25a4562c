// Reads a list of patterns, as they stand in the source, and says of each whether it is safe, or how much longer it takes over more.
import { text } from 'node:stream/consumers';

// The back end that every machine has.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

// What it tries by chance is the same each time, and no clock ends it: where others use the machine, it comes to the same end later.
const UNHURRIED = { timeout: null, incubationTimeout: null, attackTimeout: null };

/** @param {string} literal */
function check(literal) {
  const end = literal.lastIndexOf('/');
  const { status, complexity } = checkSync(literal.slice(1, end), literal.slice(end + 1), UNHURRIED);
  return status === 'safe' ? status : (complexity?.summary ?? status);
}

console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(check)));
