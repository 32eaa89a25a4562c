// What comes from others: `node scripts/supply-check.js [folder]` says what is wrong with it and ends with 1, or says nothing.
// With --write it first writes docs/licences.md anew. Reads three files, so that it can be part of every check.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { licenceFaults, renderLicences } from './supply-licences.js';
import { lockFaults } from './supply-lock.js';

const [folder = '.'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const read = (/** @type {string} */ name) => readFileSync(path.join(folder, name), 'utf8');
const lock = JSON.parse(read('package-lock.json'));
const page = path.join(folder, 'docs/licences.md');
const wanted = renderLicences(lock);
if (process.argv.includes('--write')) writeFileSync(page, wanted);

const faults = [...lockFaults(JSON.parse(read('package.json')), lock), ...licenceFaults(lock)];
if (!existsSync(page) || readFileSync(page, 'utf8') !== wanted) {
  faults.push('docs/licences.md is not what package-lock.json says: run "npm run supply:licences".');
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
