import { createHash } from 'node:crypto';

import { CheckStatus } from '@stryker-mutator/api/check';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * Lets a share of the mutants through, drawn by hash, the same ones each time; the others count as errors, and so in no
 * score. For where all of them would take longer than anybody waits: a drawn part tells of the whole, the first part of a
 * file only of itself. `0-0.5` is one half, `0.5-1` the other.
 */
const [FROM, TO] = (process.env.MANDAAT_MUTANT_SHARE ?? '0-1').split('-').map(Number);

function isDrawn({ id, fileName, mutatorName }) {
  const hash = createHash('sha256')
    .update(`${fileName.split('/').at(-1)} ${id} ${mutatorName}`)
    .digest();
  const place = hash.readUInt32BE(0) / 2 ** 32;
  return FROM <= place && place < TO;
}

const sample = {
  init: async () => undefined,
  group: async (mutants) => [mutants.map(({ id }) => id)],
  check: async (mutants) => {
    const drawn = { status: CheckStatus.Passed };
    const other = { status: CheckStatus.CompileError, reason: 'It was not drawn.' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, isDrawn(mutant) ? drawn : other]));
  },
};

function createSample() {
  return sample;
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, 'sample', createSample)];
