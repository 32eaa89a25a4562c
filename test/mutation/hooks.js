import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { transform } from '@swc/core';

import jestConfig from '../../jest.config.js';

/**
 * TypeScript for a Node that reads none, and our few globals in place of Jest's. Whoever imports a module with a query has
 * everything of ours that it imports loaded anew with it.
 */
export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: new URL('globals.js', import.meta.url).href, shortCircuit: true };
  const resolved = await next(specifier, context);
  const { search } = new URL(context.parentURL ?? import.meta.url);
  return isOurs(resolved.url) ? { ...resolved, url: `${resolved.url}${search}` } : resolved;
}

export async function load(url, context, next) {
  if (!isOurs(url)) return next(url, context);
  const file = fileURLToPath(url);
  if (!sources.has(file)) sources.set(file, await compiled(file));
  return { format: 'module', source: sources.get(file), shortCircuit: true };
}

const sources = new Map();

function isOurs(url) {
  return url.startsWith('file:') && /\.tsx?$/.test(new URL(url).pathname);
}

/** As Jest has it compiled. */
async function compiled(file) {
  const [[, [, options]]] = Object.entries(jestConfig.transform);
  const parser = { ...options.jsc.parser, tsx: file.endsWith('x') };
  const { code } = await transform(await readFile(file, 'utf8'), {
    ...options,
    filename: file,
    swcrc: false,
    sourceMaps: 'inline',
    jsc: { ...options.jsc, parser },
  });
  return code;
}
