import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { loadConfig, type Config, type Needs } from './config.ts';

/**
 * The configuration of this process: its environment, filled up from `.env` in the working directory when that exists.
 * The only place that reads `process.env`.
 *
 * @throws ConfigError listing everything that is wrong
 */
export function configFromEnvironment(needs?: Needs): Config {
  if (existsSync('.env')) loadEnvFile('.env');
  return loadConfig(process.env, needs);
}
