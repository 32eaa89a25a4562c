import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import { changedConfig, type Config } from './config/config.ts';
import { productionWarnings } from './config/production.ts';
import { openDatabase } from './database/boot.ts';
import { createApp } from './http/http.ts';
import { createLog, type Log } from './http/log.ts';
import { RunningRequests } from './http/running-requests.ts';

export interface Service {
  /** Where it listens. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Takes no new connections, finishes what is running, closes the database. May be called again. */
  stop(): Promise<void>;
}

/** Requests that still run after this are cut off. Milliseconds. */
const SHUTDOWN_DEADLINE = 10_000;

/**
 * The whole service: database, application, listening. The same for the product, the demo and the tests.
 *
 * @throws Error when something keeps it from starting; what was started by then is stopped
 */
export async function startService(config: Config, log: Log = createLog(config.logLevel)): Promise<Service> {
  for (const warning of productionWarnings(config)) log.warn(warning);
  const database = await openDatabase(config, (line) => log.info(line));
  try {
    const opened = changedConfig(config, { databaseUrl: database.appUrl });
    const app = await createApp(opened, { module: AppModule.with(opened), log });
    try {
      await app.listen(config.port, config.host);
    } catch (error) {
      await app.close();
      throw error;
    }
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await closeApp(app);
      await database.stop();
    };
    return { url: await app.getUrl(), app, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Lets the last bytes of the last answer leave. Milliseconds. */
const LAST_BYTES = 50;

/**
 * Closes the door before the house: Nest would stop the modules first, under the requests that still need them.
 * Connections on which nobody asks anything don't hold it up.
 *
 * @param deadline milliseconds after which running requests are cut off
 */
export async function closeApp(app: NestFastifyApplication, deadline = SHUTDOWN_DEADLINE): Promise<void> {
  const server: Server = app.getHttpServer();
  const done = new AbortController();
  const isClosed = app.getHttpAdapter().getInstance().close();
  const cutOff = Promise.race([
    RunningRequests.of(server)
      .none()
      .then(() => wait(LAST_BYTES)),
    wait(deadline, undefined, { signal: done.signal }).catch(() => undefined),
  ]).then(() => server.closeAllConnections());
  try {
    await isClosed;
  } finally {
    done.abort();
  }
  await cutOff;
  await app.close();
}
