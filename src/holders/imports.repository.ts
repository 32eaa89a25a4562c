import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** How far the import of each file came. A file is known by the hash of its bytes: altered, it is another file. */
@Injectable()
export class ImportsRepository {
  /** Takes up an import that was interrupted, or begins one. @returns the last line that is done; 0 at the beginning */
  async begin(tx: EntityManager, id: string, fileHash: string, now: Date): Promise<number> {
    const [row] = await tx.query<{ line: number }[]>(
      `INSERT INTO imports AS known (id, file_hash, line, started_at) VALUES ($1, $2, 0, $3)
       ON CONFLICT (file_hash) DO UPDATE SET
         line = CASE WHEN known.finished_at IS NULL THEN known.line ELSE 0 END,
         errors = CASE WHEN known.finished_at IS NULL THEN known.errors ELSE 0 END,
         started_at = CASE WHEN known.finished_at IS NULL THEN known.started_at ELSE $3 END,
         finished_at = NULL
       RETURNING line`,
      [id, fileHash, now],
    );
    return row?.line ?? 0;
  }

  /** In the transaction that applies the lines: done and noted, or neither. */
  async advance(tx: EntityManager, fileHash: string, line: number, errors: number): Promise<void> {
    await tx.query('UPDATE imports SET line = $2, errors = errors + $3 WHERE file_hash = $1', [fileHash, line, errors]);
  }

  async finish(tx: EntityManager, fileHash: string, now: Date): Promise<void> {
    await tx.query('UPDATE imports SET finished_at = $2 WHERE file_hash = $1', [fileHash, now]);
  }
}
