import { configFromEnvironment } from './config/environment.ts';
import { ConfigError } from './config/config.ts';
import { createLog, logCrash } from './http/log.ts';
import { startService } from './start.ts';

/** Longer than the service needs to cut off what still runs: then something hangs, and the process ends all the same. */
const HARD_DEADLINE = 15_000;

try {
  const config = configFromEnvironment();
  const log = createLog(config.logLevel);
  logCrash(log);
  const service = await startService(config, log);
  log.info(`Mandaat listens on ${service.url}; the API is described at ${service.url}/docs.`);

  const stop = async (): Promise<void> => {
    setTimeout(() => process.exit(1), HARD_DEADLINE).unref();
    await service.stop();
    log.info('Mandaat has stopped.');
    log.flush();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stop().catch(() => process.exit(1));
    });
  }
} catch (error) {
  // Before there is a log, and for people: what keeps the service from starting.
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exit(1);
}
