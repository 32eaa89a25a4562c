import path from 'node:path';
import { Client } from 'pg';
import { CONNECT_LIMIT } from './data-source.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate, pendingMigrations } from './migrate.ts';

/** The part of the configuration that decides which database is used. */
export interface DatabaseSettings {
  /** As which role the application works. None → the embedded server. */
  readonly databaseUrl?: string | undefined;
  /** As which role the migrations run. None → somebody else runs them (`cli migrate`), or, outside production, `databaseUrl`. */
  readonly databaseOwnerUrl?: string | undefined;
  readonly dataFolder: string;
  readonly production: boolean;
}

export interface OpenedDatabase {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** Stops the embedded server unless another process uses it; does nothing to a database of the operator's own. */
  stop(): Promise<void>;
}

const EMBEDDED_DATABASE = 'mandaat';

/**
 * Opens the database before the application is built: the operator's own, or an embedded one; migrated, and checked.
 *
 * @param log gets one line an event, for the operator; never personal data, never a URL
 * @throws Error naming the setting when, in production, the application's role could do more than it was granted
 */
export async function openDatabase(settings: DatabaseSettings, log: (line: string) => void): Promise<OpenedDatabase> {
  if (settings.databaseUrl === undefined) return openEmbedded(settings.dataFolder, log);

  const ownerUrl = settings.databaseOwnerUrl ?? settings.databaseUrl;
  if (settings.databaseOwnerUrl !== undefined || !settings.production) {
    await migrate(ownerUrl, { appRole: decodeURIComponent(new URL(settings.databaseUrl).username) });
  } else {
    const pending = await pendingMigrations(settings.databaseUrl);
    if (pending.length > 0) {
      throw new Error(
        `The database lacks ${pending.length} migration(s), and DATABASE_OWNER_URL is not set. ` +
          'Set it, or run the migrations with it before this starts.',
      );
    }
  }
  if (settings.production) await refusePowerfulRole(settings.databaseUrl);
  return { appUrl: settings.databaseUrl, ownerUrl, stop: async () => undefined };
}

async function openEmbedded(dataFolder: string, log: (line: string) => void): Promise<OpenedDatabase> {
  const server = await startEmbeddedPostgres({ folder: path.resolve(dataFolder, 'postgres'), log });
  log(
    `Using the embedded PostgreSQL in ${server.folder}. It is real and durable, but nobody backs it up: ` +
      'for more than a trial, set DATABASE_URL.',
  );
  try {
    await server.createDatabase(EMBEDDED_DATABASE);
    await migrate(server.ownerUrl(EMBEDDED_DATABASE));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    appUrl: server.appUrl(EMBEDDED_DATABASE),
    ownerUrl: server.ownerUrl(EMBEDDED_DATABASE),
    stop: () => server.stop(),
  };
}

/** A role that owns a table may drop its triggers and rewrite the audit: then "append-only" is only a word. */
async function refusePowerfulRole(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'mandaat',
    connectionTimeoutMillis: CONNECT_LIMIT,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ rights: string[] }>(`
      SELECT array_remove(ARRAY[
        CASE WHEN bool_or(r.rolsuper) THEN 'is a superuser' END,
        CASE WHEN bool_or(r.rolbypassrls) THEN 'can bypass row-level security' END,
        CASE WHEN bool_or(r.rolcreaterole) THEN 'can create roles' END,
        CASE WHEN EXISTS (
          SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'graphile_worker')
            AND pg_has_role(current_user, c.relowner, 'MEMBER')
        ) THEN 'owns tables' END
      ], NULL) AS rights
      FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER')`);
    const rights = rows[0]?.rights ?? [];
    if (rights.length > 0) {
      throw new Error(
        `The role in DATABASE_URL ${rights.join(', ')}. In production it must be a plain role that owns nothing; ` +
          'give the owning role in DATABASE_OWNER_URL.',
      );
    }
  } finally {
    await client.end();
  }
}
