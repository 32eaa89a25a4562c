import type { ClientBase, Pool, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

/** A statement of the paths that are walked all the time. The name belongs to this text alone, in the whole service. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs a statement that each connection parses and plans once, past the ORM: inside a transaction on its own connection,
 * else on any of the pool.
 *
 * @returns the rows; of a statement that changes rows those that it returns
 */
export async function prepared<Row extends QueryResultRow>(
  manager: EntityManager,
  { name, text }: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  const client =
    manager.queryRunner === undefined
      ? poolOf(manager.dataSource)
      : ((await manager.queryRunner.connect()) as ClientBase);
  const { rows } = await client.query<Row>({ name, text, values: [...values] });
  return rows;
}

/** The driver's own pool. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { readonly master: Pool }).master;
}
