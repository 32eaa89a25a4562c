import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, chmod, chown, rm, writeFile, appendFile } from 'node:fs/promises';
import path from 'node:path';

import type { Client } from 'pg';

import { SUPERUSER } from '../../../src/database/roles.ts';
import { type Place, preparePlace, prepareSocketFolder } from '../../../src/database/server-place.ts';
import { pgCtl } from '../../../src/database/server-process.ts';
import { writeSettings } from '../../../src/database/server-settings.ts';
import { type Cluster, folderName, withClient } from './cluster.ts';

/** How the first server knows it. */
const NAME = 'standby';

/** A copy of a cluster that follows it by streaming, on what would be another machine. */
export class Standby {
  private constructor(
    private readonly folder: string,
    private readonly place: Place,
    private readonly socketFolder: string,
  ) {}

  /** Copies a cluster while it runs, and follows it from there. */
  static async of(cluster: Cluster): Promise<Standby> {
    const folder = await mkdtemp(folderName());
    await chmod(folder, 0o711);
    const inside = path.join(folder, 'postgres');
    const data = path.join(inside, 'data');
    await mkdir(inside);
    // What is written from here on stays there until the copy has read it, also after it heard nothing for a while.
    await cluster.configure({ wal_keep_size: '512MB' });
    const label = await cluster.administer((client) => copied(client, cluster.data, data));
    await Promise.all(['postmaster.pid', 'postmaster.opts'].map((file) => rm(path.join(data, file), { force: true })));
    const place = await preparePlace(inside, 'socket', () => undefined);
    const socketFolder = await prepareSocketFolder(place);
    await writeSettings(place, { socketFolder, durable: true, buffers: 128 });
    const source = `host=${path.dirname(cluster.socket)} user=${SUPERUSER} application_name=${NAME}`;
    await appendFile(path.join(data, 'postgresql.conf'), `primary_conninfo = '${source}'\n`);
    for (const [name, text] of Object.entries({ 'standby.signal': '', backup_label: label })) {
      const file = path.join(data, name);
      await writeFile(file, text);
      if (place.user !== undefined) await chown(file, place.user.uid, place.user.gid);
    }
    await pgCtl(place, ['start', '-w', '-l', path.join(inside, 'server.log')]);
    return new Standby(folder, place, socketFolder);
  }

  /** What the first server says of it: `sync` where commits wait for it, `async` where they don't; null = it doesn't follow. */
  static async stateAt(cluster: Cluster): Promise<string | null> {
    const text = "SELECT sync_state FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'";
    const { rows } = await cluster.administer((client) => client.query<{ sync_state: string }>(text, [NAME]));
    return rows[0]?.sync_state ?? null;
  }

  /** The same database of the first server's, here. */
  url(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.searchParams.set('host', this.socketFolder);
    return url.href;
  }

  /** It hears nothing any more, as with a cable that is cut; the first server sees that it is gone. */
  async deafen(at: string): Promise<void> {
    await this.#configure(at, "SET primary_conninfo = ''");
  }

  /** The cable is whole again. */
  async mend(at: string): Promise<void> {
    await this.#configure(at, 'RESET primary_conninfo');
  }

  /** From now on it is the first. */
  async promote(at: string): Promise<void> {
    await this.#administer(at, (client) => client.query('SELECT pg_promote(true, 60)'));
  }

  async stop(): Promise<void> {
    await pgCtl(this.place, ['stop', '-m', 'immediate', '-w']).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #configure(at: string, change: string): Promise<void> {
    await this.#administer(at, async (client) => {
      await client.query(`ALTER SYSTEM ${change}`);
      await client.query('SELECT pg_reload_conf()');
    });
  }

  async #administer(databaseUrl: string, work: (client: Client) => Promise<unknown>): Promise<void> {
    const url = new URL(this.url(databaseUrl));
    url.username = SUPERUSER;
    await withClient(url.href, work);
  }
}

/** Answers what has to lie beside the copy. */
async function copied(client: Client, from: string, to: string): Promise<string> {
  await client.query("SELECT pg_backup_start('standby', true)");
  // With its owner and its rights.
  const { status, error, stderr } = spawnSync('cp', ['-a', from, to], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const isWhole = status === 0 || (status === 1 && stderr.trim().split('\n').every(isOfRunning));
  if (!isWhole) throw new Error(`cp: ${status} ${stderr}`, { cause: error });
  const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
  return rows[0]?.labelfile ?? '';
}

/** The server removes and replaces files meanwhile; what it wrote since the start of the copy makes up for them. */
function isOfRunning(complaint: string): boolean {
  return /: No such file or directory$|as it was replaced while being copied$/.test(complaint);
}
