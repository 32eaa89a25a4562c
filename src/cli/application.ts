import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.ts';
import { AuthModule } from '../auth/auth.module.ts';
import { changedConfig, type Config } from '../config/config.ts';
import { ConfigModule } from '../config/config.module.ts';
import { configFromEnvironment } from '../config/environment.ts';
import { CryptoModule } from '../crypto/crypto.module.ts';
import { openDatabase, type OpenedDatabase } from '../database/boot.ts';
import { DatabaseModule } from '../database/database.module.ts';
import { IdempotencyModule } from '../idempotency/idempotency.module.ts';

/** How the audit names what was done at the keyboard. Who sat there is the operating system's to know. */
export const CLI_ACTOR = 'cli';

class CommandModule {}

type Work<T> = (application: INestApplicationContext, database: OpenedDatabase) => Promise<T>;

/**
 * Opens the database, puts together what the command needs, and closes both after it. Beside a running service it works
 * on the same database: an embedded server that others use is joined, and left running.
 *
 * @param modules what the command needs beyond the audit, the keys and the agents
 */
export async function withApplication<T>(modules: readonly Type[], work: Work<T>): Promise<T> {
  return withModules(
    configFromEnvironment(),
    [CryptoModule, AuditModule, AuthModule, IdempotencyModule, ...modules],
    work,
  );
}

/**
 * The same for a command that needs nothing but the database: all that production has to set for it is DATABASE_URL.
 *
 * @param modules all that the command needs; nothing is there to seal or to sign with
 */
export async function withDatabase<T>(modules: readonly Type[], work: Work<T>): Promise<T> {
  return withModules(configFromEnvironment('database'), modules, work);
}

async function withModules<T>(settings: Config, modules: readonly Type[], work: Work<T>): Promise<T> {
  const database = await openDatabase(settings, () => undefined);
  try {
    const config = changedConfig(settings, { databaseUrl: database.appUrl });
    const application = await NestFactory.createApplicationContext(
      { module: CommandModule, imports: [ConfigModule.with(config), DatabaseModule, ...modules] },
      { logger: false, abortOnError: false },
    );
    try {
      return await work(application, database);
    } finally {
      await application.close();
    }
  } finally {
    await database.stop();
  }
}
