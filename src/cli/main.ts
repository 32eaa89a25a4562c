import 'reflect-metadata';
import { createProgram } from './program.ts';
import { explain } from './failure.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
