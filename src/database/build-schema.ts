import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { schemaSnapshot } from './schema-snapshot.ts';

/** What `migrations/schema.sql` must hold: the snapshot of a fresh throw-away database. Takes about 3 s. */
export async function buildSchema(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mandaat-schema-'));
  // The server may run as another user than we, and must get through to its own folder inside.
  await chmod(folder, 0o711);
  try {
    const server = await startEmbeddedPostgres({ folder: path.join(folder, 'postgres'), durable: false });
    try {
      await server.createDatabase('mandaat');
      await migrate(server.ownerUrl('mandaat'));
      return await snapshotOf(server.ownerUrl('mandaat'));
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function snapshotOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await schemaSnapshot(client);
  } finally {
    await client.end();
  }
}
