import { tmpdir } from 'node:os';
import path from 'node:path';
import { changedConfig, loadConfig, type Config } from '../../src/config/config.ts';

/** A configuration for a test: its own keys, no file, quiet, any free port, the demo inbox. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    PUBLIC_URL: 'http://localhost',
    DATA_FOLDER: path.join(tmpdir(), 'mandaat-test-unused'),
    MANDAAT_KEYS: `test:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`,
    LOG_LEVEL: 'silent',
    RATE_LIMIT: '1000000',
    VISITOR_LIMIT: '1000000',
    // One agent of a test speaks with more people than a desk.
    AGENT_HOLDERS_PER_HOUR: '1000000',
    KEY_PEOPLE_PER_HOUR: '1000000',
    // Some tests send more in a minute than a desk in a day.
    SMS_PER_DAY: '1000000',
    VOICE_PER_DAY: '1000000',
    MESSAGE_CENTS_PER_DAY: '100000000',
  });
  return changedConfig(config, overrides);
}
