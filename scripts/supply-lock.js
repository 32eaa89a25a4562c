/** @typedef {{ version?: string, resolved?: string, integrity?: string, link?: boolean, dev?: boolean, optional?: boolean, license?: string, hasInstallScript?: boolean }} LockedPackage */
/** @typedef {{ lockfileVersion?: number, packages?: Record<string, LockedPackage> }} Lock */
/** @typedef {Record<string, Record<string, unknown> | undefined>} Manifest */

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies'];

/**
 * What is wrong with where the packages come from; nothing when it is empty. lockfile-lint looks at what a lock file says
 * about hosts; these are the rules of this project beyond that: the same bytes on every machine, from the registry of
 * whoever installs, and nobody's code runs while they do.
 *
 * @param {Manifest} manifest package.json
 * @param {Lock} lock package-lock.json
 * @returns {string[]}
 */
export function lockFaults(manifest, lock) {
  const packages = Object.entries(lock.packages ?? {}).filter(([place]) => place !== '');
  if (lock.lockfileVersion !== 3 || packages.length === 0)
    return ['package-lock.json is not a lock file of version 3.'];
  return [...manifestFaults(manifest), ...packages.flatMap(packageFaults), ...scriptFaults(manifest, packages)];
}

/** @param {Manifest} manifest @returns {string[]} */
function manifestFaults(manifest) {
  return DEPENDENCIES.flatMap((kind) =>
    Object.entries(manifest[kind] ?? {})
      .filter(([, version]) => typeof version !== 'string' || !EXACT.test(version))
      .map(([name, version]) => `${kind}: ${name} is "${String(version)}", and must be one exact version.`),
  );
}

/** @param {[string, LockedPackage]} entry @returns {string[]} */
function packageFaults([place, { resolved, integrity, link, version }]) {
  const faults = [];
  if (resolved !== undefined) {
    // npm leaves it out for packages of the registry (.npmrc): what is left names a host, a repository or a folder.
    faults.push(`${place} comes from "${resolved}", and must come from the registry.`);
  }
  if (link === true) faults.push(`${place} is a link to a folder.`);
  if (integrity === undefined || !SHA512.test(integrity)) faults.push(`${place} has no SHA-512 of its content.`);
  if (version === undefined || !EXACT.test(version.replace(/\+.*$/, ''))) faults.push(`${place} has no exact version.`);
  return faults;
}

/** @param {Manifest} manifest @param {[string, LockedPackage][]} packages @returns {string[]} */
function scriptFaults(manifest, packages) {
  const listed = manifest.allowScripts ?? {};
  const wanting = new Set(
    packages.filter(([, found]) => found.hasInstallScript === true).map(([place]) => nameOf(place)),
  );
  return [
    ...Object.entries(listed)
      .filter(([, isAllowed]) => isAllowed !== false)
      .map(([name]) => `allowScripts: ${name} may run a script when it is installed. Nothing here needs one.`),
    ...[...wanting]
      .filter((name) => !(name in listed))
      .map((name) => `allowScripts lacks ${name}, which has a script.`),
    ...Object.keys(listed)
      .filter((name) => !wanting.has(name))
      .map((name) => `allowScripts lists ${name}, which has no script or is not installed.`),
  ];
}

/**
 * The name of the package at this place: `node_modules/a/node_modules/@b/c` is `@b/c`.
 *
 * @param {string} place @returns {string}
 */
export function nameOf(place) {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
