import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Client, type Pool } from 'pg';

import { CONNECT_LIMIT } from '../database/data-source.ts';
import { PG_POOL } from '../database/database.module.ts';
import { ensureChain } from './audit.repository.ts';

/** Arbitrary but fixed: the first half of the advisory locks by which processes choose their chain. */
const CHAIN_LOCKS = 0x6d616e64;

/**
 * Chooses the chain that this process writes: the lowest number that no other process holds. So one process always
 * writes chain 1, three write 1 to 3, and they never wait for each other. Should the lock get lost with its connection,
 * two processes may share a chain for a while: the row lock of every transaction keeps that correct, only slower.
 */
@Injectable()
export class AuditWriter implements OnModuleInit, OnApplicationShutdown {
  private client: Client | null = null;
  private chosen = 0;

  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  get chainId(): number {
    return this.chosen;
  }

  async onModuleInit(): Promise<void> {
    const client = new Client({
      ...this.pool.options,
      application_name: 'mandaat-audit',
      connectionTimeoutMillis: CONNECT_LIMIT,
    });
    client.on('error', () => {
      this.client = null;
    });
    await client.connect();
    this.client = client;
    for (let id = 1; this.chosen === 0; id += 1) {
      const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS locked', [
        CHAIN_LOCKS,
        id,
      ]);
      if (rows[0]?.locked === true) this.chosen = id;
    }
    await ensureChain(client, this.chosen);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client?.end();
    this.client = null;
  }
}
