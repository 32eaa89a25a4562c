import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.ts';
import { KeysService, type MintedKey, type NewKey } from '../../src/auth/keys.service.ts';
import type { KeyScope } from '../../src/auth/principal.ts';
import type { Config } from '../../src/config/config.ts';
import { createApp, type AppOptions } from '../../src/http/http.ts';
import { closeApp } from '../../src/start.ts';
import { testConfig } from './config.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly database: TestDatabase;
  /** Where it really listens. */
  readonly url: string;
  /** `await api.request.get('/v1/…')`. */
  readonly request: ReturnType<typeof supertest>;
  /** Stops it and drops its database. Call it in `afterAll`. */
  stop(): Promise<void>;
}

/**
 * The whole application on a database of its own, over HTTP on a free port.
 *
 * @param arrange what must be in the database before anything connects to it
 */
export async function startTestApp(
  overrides: Partial<Config> = {},
  options: Partial<Omit<AppOptions, 'module'>> = {},
  arrange: (database: TestDatabase) => Promise<void> = () => Promise.resolve(),
): Promise<TestApp> {
  const database = await createTestDatabase();
  try {
    await arrange(database);
    const config = testConfig({ databaseUrl: database.appUrl, ...overrides });
    const app = await createApp(config, { ...options, module: AppModule.with(config) });
    const url = await listen(app);
    const stop = async (): Promise<void> => {
      await closeApp(app);
      await database.drop();
    };
    return { app, config, database, url, request: supertest(url), stop };
  } catch (error) {
    // What half started may still hold connections; why it didn't start matters more.
    await database.drop().catch(() => undefined);
    throw error;
  }
}

/** A second instance on the database of the first; stop it before the first. */
export async function startSibling(
  { config, database }: TestApp,
  options: Partial<Omit<AppOptions, 'module'>> = {},
): Promise<TestApp> {
  const app = await createApp(config, { ...options, module: AppModule.with(config) });
  const url = await listen(app);
  return { app, config, database, url, request: supertest(url), stop: () => closeApp(app) };
}

/** On a free port of this machine. */
export async function listen(app: NestFastifyApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

/** A live key of this scope; its text goes into `Authorization: Bearer …`. */
export async function makeKey(
  { app }: TestApp,
  scope: KeyScope,
  options: Partial<Omit<NewKey, 'scope'>> = {},
): Promise<MintedKey> {
  return app.get(KeysService).create({ name: `test ${scope}`, ...options, scope }, 'system:test');
}
