import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

type Locked = Record<string, string | boolean | undefined>;
interface Manifest {
  dependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}
interface Lock {
  packages: Record<string, Locked>;
}

let scratch: string;
const text = async (name: string): Promise<string> => readFile(name, 'utf8');

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'mandaat-supply-'));
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** What the check says about a project like this one, but for what `change` does to it. Nothing: all is well. */
async function check(change: (manifest: Manifest, lock: Lock) => void = () => undefined): Promise<string[]> {
  const folder = await mkdtemp(path.join(scratch, 'project-'));
  const manifest = JSON.parse(await text('package.json')) as Manifest;
  const lock = JSON.parse(await text('package-lock.json')) as Lock;
  change(manifest, lock);
  await mkdir(path.join(folder, 'docs'));
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
  await writeFile(path.join(folder, 'docs/licences.md'), await text('docs/licences.md'));
  return run(process.execPath, ['scripts/supply-check.js', folder]).then(
    ({ stderr }) => lines(stderr),
    ({ stderr }: { stderr: string }) => lines(stderr),
  );
}

function lines(output: string): string[] {
  return output.split('\n').filter((line) => line !== '');
}

/** A package of production, to be spoilt. */
function pino(lock: Lock): Locked {
  const found = lock.packages['node_modules/pino'];
  if (found === undefined) throw new Error('pino is no longer a dependency: take another one');
  return found;
}

describe('What comes from others', () => {
  it('is as the rules want it: from the registry, hashed, agreed to, and without install scripts', async () => {
    expect(await check()).toEqual([]);
  });

  const git = 'git+ssh://git@git.example.nl/pino.git#0123456789012345678901234567890123456789';
  it.each<[string, RegExp, (manifest: Manifest, lock: Lock) => void]>([
    ['a package out of a repository', /pino comes from "git\+ssh/, (_, lock) => (pino(lock).resolved = git)],
    [
      'a package from a host that the lock file names',
      /pino comes from "https:\/\/packages\.example\.nl/,
      (_, lock) => (pino(lock).resolved = 'https://packages.example.nl/pino.tgz'),
    ],
    ['a package without a hash', /pino has no SHA-512/, (_, lock) => delete pino(lock).integrity],
    ['a package with a weak hash', /pino has no SHA-512/, (_, lock) => (pino(lock).integrity = 'sha1-AAAAAAAA')],
    ['a folder in the place of a package', /pino is a link/, (_, lock) => (pino(lock).link = true)],
    ['a range of versions', /pino is "\^10/, (manifest) => (manifest.dependencies.pino = '^10.0.0')],
    ['an address as a version', /pino is "git/, (manifest) => (manifest.dependencies.pino = git)],
    [
      'a script at installation that nobody has looked at',
      /allowScripts lacks pino/,
      (_, lock) => (pino(lock).hasInstallScript = true),
    ],
    ['a script that may run', /pino may run a script/, (manifest) => (manifest.allowScripts.pino = true)],
    ['a note about a script that is gone', /lists pino/, (manifest) => (manifest.allowScripts.pino = false)],
    [
      'a licence that asks for more than its text',
      /pino@\S+ is under "AGPL-3\.0-only"/,
      (_, lock) => (pino(lock).license = 'AGPL-3.0-only'),
    ],
    [
      'a licence of which both parts are meant, and one is not agreed to',
      /pino@\S+ is under/,
      (_, lock) => (pino(lock).license = '(MIT AND GPL-3.0-only)'),
    ],
    ['a package without a licence', /pino@\S+ names no licence/, (_, lock) => delete pino(lock).license],
    ['a list of licences that is out of date', /docs\/licences\.md/, (_, lock) => (pino(lock).version = '10.4.1')],
  ])('may not be %s', async (_what, said, change) => {
    expect((await check(change)).join('\n')).toMatch(said);
  });

  it('is renewed within days that are promised, and looked at by who says so, never by the gate', async () => {
    const [, section = ''] = /^## How fast libraries are replaced\n([^]*?)^## /m.exec(await text('SECURITY.md')) ?? [];
    const days = [...section.matchAll(/^\| (critical|high|medium) +\| (\d+) days/gm)].map(([, grade, number]) => [
      grade,
      Number(number),
    ]);
    expect(days).toEqual([
      ['critical', 3],
      ['high', 14],
      ['medium', 60],
    ]);
    expect(section).toContain('npm audit --omit=dev');
    const { scripts } = JSON.parse(await text('package.json')) as { scripts: Record<string, string> };
    for (const gate of [await text('.ci/run'), ...Object.values(scripts)]) expect(gate).not.toMatch(/npm audit/);
  });

  it('may be under one of two licences when one of them is agreed to', async () => {
    const said = await check((_, lock) => (pino(lock).license = '(MIT OR GPL-3.0-only)'));
    // Its line in the list of licences is another one now; that is all.
    expect(said).toEqual([expect.stringContaining('docs/licences.md')]);
  });
});

describe('The bill of materials', () => {
  interface Bill {
    readonly components: readonly {
      readonly name: string;
      readonly version: string;
      readonly hashes: readonly { readonly alg: string; readonly content: string }[];
      readonly licenses: readonly unknown[];
    }[];
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
    readonly metadata: { readonly component: { readonly name: string } };
  }

  it('is the same, byte by byte, whenever it is made, and has every package of production with its hash', async () => {
    const [one, other] = await Promise.all(
      ['one.json', 'other.json'].map(async (name) => {
        const file = path.join(scratch, name);
        await run(process.execPath, ['scripts/supply-sbom.js', file]);
        return text(file);
      }),
    );
    expect(other).toBe(one);
    const { components, dependencies, metadata } = JSON.parse(one ?? '') as Bill;
    expect(metadata.component.name).toBe('mandaat');

    const { packages } = JSON.parse(await text('package-lock.json')) as Lock;
    const wanted = Object.entries(packages)
      .filter(([place, { dev }]) => place !== '' && dev !== true)
      .map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version as string}`);
    const listed = components.map(({ name, version }) => `${name}@${version}`);
    expect(listed.toSorted()).toEqual([...new Set(wanted)].toSorted());
    for (const { hashes, licenses } of components) {
      expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
      expect(licenses).not.toEqual([]);
    }
    const known = new Set(dependencies.map(({ ref }) => ref));
    expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !known.has(ref))).toEqual([]);
  }, 60_000);
});

describe('Two builds of the same sources', () => {
  /** Compares what this program writes when it is run twice in the place of the real build. */
  async function compared(builder: string): Promise<{ readonly ended: number; readonly said: string }> {
    const folder = await mkdtemp(path.join(scratch, 'build-'));
    for (const name of ['src', 'migrations', 'policies', 'node_modules/@nestjs/cli/bin']) {
      await mkdir(path.join(folder, name), { recursive: true });
    }
    for (const name of ['package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json']) {
      await writeFile(path.join(folder, name), '{}');
    }
    await writeFile(
      path.join(folder, 'node_modules/@nestjs/cli/bin/nest.js'),
      `const { mkdirSync, writeFileSync } = require('node:fs');\nmkdirSync('dist/deep', { recursive: true });\n${builder}`,
    );
    return run(process.execPath, [path.resolve('scripts/supply-build.js')], { cwd: folder }).then(
      ({ stdout }) => ({ ended: 0, said: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ ended: code, said: stderr }),
    );
  }
  const SAME = "writeFileSync('dist/deep/main.js', 'one');";

  it('are found to be the same', async () => {
    expect(await compared(SAME)).toEqual({ ended: 0, said: expect.stringContaining('1 files, the same in both') });
  });

  it.each([
    ['the time zone of the builder', "writeFileSync('dist/deep/main.js', 'built in ' + process.env.TZ);"],
    ['the folder that it was built in', "writeFileSync('dist/deep/main.js', process.cwd());"],
    ['one byte of the moment', "writeFileSync('dist/deep/main.js', String(process.hrtime.bigint()));"],
  ])('are found to differ in %s (positive control)', async (_what, builder) => {
    expect(await compared(builder)).toEqual({ ended: 1, said: 'deep/main.js differs between the two builds\n' });
  });

  it('are found to differ in a file that only one of them has, and in having none', async () => {
    const once = `${SAME}\nif (process.cwd().endsWith('deeper')) writeFileSync('dist/extra.js', '');`;
    expect(await compared(once)).toEqual({ ended: 1, said: 'extra.js differs between the two builds\n' });
    expect((await compared('')).ended).toBe(1);
  });
});
