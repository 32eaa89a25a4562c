import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { BlindIndex } from '../crypto/blind-index.ts';
import { UnreadableError } from '../crypto/envelope.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { PersonKeys } from '../crypto/person-keys.ts';
import { namePlace } from './holders.service.ts';
import { normaliseName } from './normalise.ts';
import { PersonKeysRepository } from './person-keys.repository.ts';

export interface RewrapProgress {
  readonly done: number;
  readonly total: number;
}

const BATCH = 500;

/** Keeps people's keys readable while the ring's keys come and go. */
@Injectable()
export class PersonKeyRotation implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly ring: KeyRing,
    private readonly keys: PersonKeys,
    private readonly index: BlindIndex,
    private readonly repository: PersonKeysRepository,
  ) {}

  /**
   * Refuses to start with a ring that doesn't fit the database. Without an old key people can't be read; and with another index
   * key every look-up would silently find nobody, and every import would make everybody's contact points new.
   */
  async onApplicationBootstrap(): Promise<void> {
    const { manager } = this.dataSource;
    const missing = (await this.repository.ringIds(manager)).filter((id) => !this.ring.has(id));
    if (missing.length > 0) {
      const names = missing.map((id) => `"${id}"`).join(', ');
      throw new UnreadableError(`MANDAAT_KEYS lacks ${names}, with which keys of people in this database are wrapped.`);
    }
    const sample = await this.repository.sample(manager);
    if (sample === null) return;
    const name = this.keys.open(sample, sample.nameSealed, namePlace(sample.id));
    if (!this.index.of('name', normaliseName(name)).equals(sample.nameIndex)) {
      throw new UnreadableError(
        'MANDAAT_KEYS has another index key than this database was filled with. Put the oldest key last again, or ' +
          'keep its bytes under the id "index".',
      );
    }
  }

  /**
   * Wraps every person's key anew with the ring's current entry; what these keys sealed stays as it is. Can be interrupted
   * and called again at any time, while the service runs. Afterwards the old entry is no longer needed for people.
   */
  async rewrapPersonKeys({
    actor,
    onProgress,
  }: {
    actor: string;
    onProgress?: (progress: RewrapProgress) => void;
  }): Promise<RewrapProgress> {
    const { currentKeyId } = this.ring;
    const total = await this.repository.countOld(this.dataSource.manager, currentKeyId);
    let done = 0;
    let after = '';
    for (;;) {
      const batch = await this.audit.record(async (tx) => {
        const old = await this.repository.lockOld(tx, currentKeyId, after, BATCH);
        if (old.length === 0) return { result: old, entries: [] };
        await this.repository.replace(
          tx,
          old.map((person) => this.keys.rewrap(person)),
        );
        const body = { count: old.length, keyId: currentKeyId };
        return { result: old, entries: [{ kind: 'keys.rewrapped', actor, body }] };
      });
      const last = batch.at(-1);
      if (last === undefined) return { done, total: Math.max(total, done) };
      after = last.crmRef;
      done += batch.length;
      onProgress?.({ done, total: Math.max(total, done) });
    }
  }
}
