import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { transform } from '@swc/core';

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

async function compiled(file) {
  const { code } = await transform(await readFile(file, 'utf8'), {
    filename: file,
    swcrc: false,
    module: { type: 'es6' },
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      experimental: { keepImportAttributes: true },
      parser: { syntax: 'typescript', tsx: file.endsWith('x'), decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  return code;
}
