// The bill of materials of what runs in production, as CycloneDX: `node scripts/supply-sbom.js [file]`, by default
// supply/sbom.cdx.json. The same lock file gives the same bytes, whoever makes it, where and when: what npm adds about the
// moment and the machine is left out, and the serial number follows from the content.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { licencesOf } from './supply-licences.js';

const DEVELOPMENT = 'cdx:npm:package:development';

const [file = 'supply/sbom.cdx.json'] = process.argv.slice(2);

const { status, stdout } = spawnSync(
  'npm',
  // Not --omit=dev: npm 11 then also leaves out what production shares with the tools, such as rxjs.
  ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'],
  { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] },
);
if (status !== 0) process.exit(status ?? 1);

const bill = JSON.parse(stdout);
delete bill.serialNumber;
delete bill.metadata.timestamp;
delete bill.metadata.tools;
// npm takes the name of the folder that it stands in.
const { component } = bill.metadata;
[, component.name] = /^pkg:npm\/(.+)@/.exec(component.purl) ?? [];
// Nor by npm's own mark: a version that stands in two places, once for a tool, counts as the tool's.
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const wanted = new Map(licencesOf(lock).map(({ name, version, licence }) => [`${name}@${version}`, licence]));
bill.components = bill.components.filter((part) => wanted.has(`${part.name}@${part.version}`)).toSorted(byReference);
for (const part of bill.components) {
  part.properties = part.properties.filter(({ name }) => name !== DEVELOPMENT);
  part.licenses ??= [{ license: { id: wanted.get(`${part.name}@${part.version}`) } }];
}
if (bill.components.length !== wanted.size) throw new Error('npm lists other packages than package-lock.json.');
const kept = new Set([component, ...bill.components].map((part) => part['bom-ref']));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({
    ref,
    dependsOn: dependsOn.filter((/** @type {string} */ on) => kept.has(on)).toSorted(),
  }))
  .toSorted(byReference);

const digest = createHash('sha256').update(JSON.stringify(bill)).digest('hex');
// A UUID of version 8 (RFC 9562): its bits are ours to choose.
const serial = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`];
const { $schema, bomFormat, specVersion, ...rest } = bill;
const named = { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${serial.join('-')}-${digest.slice(20, 32)}` };

mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify({ ...named, ...rest }, null, 2)}\n`);
console.log(`${file}: ${bill.components.length} packages`);

/** @param {Record<string, string>} one @param {Record<string, string>} other */
function byReference(one, other) {
  const key = 'bom-ref' in one ? 'bom-ref' : 'ref';
  return one[key] < other[key] ? -1 : 1;
}
