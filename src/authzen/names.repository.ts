import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { prepared } from '../database/prepared.ts';
import type { PersonKind } from '../policy/vocabulary.ts';

export interface NamedPerson {
  readonly id: string;
  readonly ref: string;
  readonly kind: PersonKind;
}

export interface NamedResource {
  readonly id: string;
  readonly ref: string;
  readonly type: string;
  readonly holderIds: readonly string[];
}

/** What a request names, as far as there is such a thing. */
export interface Named {
  readonly people: readonly NamedPerson[];
  readonly resources: readonly NamedResource[];
}

const RESOURCE = `c.id, c.contract_ref AS ref, c.resource_type AS type,
  ARRAY (SELECT h.holder_id FROM contract_holders h WHERE h.contract_id = c.id) AS "holderIds"`;
const GOES_ON = '(c.ended_at IS NULL OR c.ended_at > now())';

/** What systems name, and who or what can be found inside one resource or of one person. Every statement names one or the other. */
@Injectable()
export class NamesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Resources that have not ended. */
  async named(personRefs: readonly string[], resourceRefs: readonly string[]): Promise<Named> {
    const text = `SELECT
      ARRAY (SELECT jsonb_build_object('id', id, 'ref', crm_ref, 'kind', kind) FROM people WHERE crm_ref = ANY ($1)) AS people,
      ARRAY (SELECT to_jsonb(r) FROM (SELECT ${RESOURCE} FROM contracts c WHERE c.contract_ref = ANY ($2) AND ${GOES_ON}) r)
        AS resources`;
    const values = [personRefs, resourceRefs];
    const [found] = await prepared<Named>(this.dataSource.manager, { name: 'authzen-named', text }, values);
    return found ?? { people: [], resources: [] };
  }

  /** Who may have anything done on this resource, by reference: holders, their proxies, their representatives. */
  async peopleOf(
    holderIds: readonly string[],
    kind: PersonKind,
    after: string,
    limit: number,
  ): Promise<readonly string[]> {
    const text = `SELECT p.crm_ref AS ref FROM people p
      WHERE p.kind = $2 AND p.crm_ref > $3 AND p.id IN (SELECT unnest($1::uuid[])
        UNION SELECT m.proxy_id FROM mandates m WHERE m.holder_id = ANY ($1) AND m.ended_at IS NULL
        UNION SELECT r.representative_id FROM representations r WHERE r.holder_id = ANY ($1) AND r.ends_at > now())
      ORDER BY p.crm_ref LIMIT $4`;
    const values = [holderIds, kind, after, limit];
    const rows = await prepared<{ ref: string }>(this.dataSource.manager, { name: 'authzen-people-of', text }, values);
    return rows.map(({ ref }) => ref);
  }

  /** On what this person may have anything done, by reference: what is theirs, and what is of those who gave them a mandate. */
  async resourcesOf(personId: string, type: string, after: string, limit: number): Promise<readonly string[]> {
    const text = `SELECT c.contract_ref AS ref FROM contracts c
      WHERE c.resource_type = $2 AND c.contract_ref > $3 AND ${GOES_ON} AND c.id IN (
        SELECT contract_id FROM contract_holders WHERE holder_id = $1
        UNION SELECT mc.contract_id FROM mandates m JOIN mandate_contracts mc ON mc.mandate_id = m.id
          WHERE m.proxy_id = $1 AND m.ended_at IS NULL
        UNION SELECT ch.contract_id FROM representations r JOIN contract_holders ch ON ch.holder_id = r.holder_id
          WHERE r.representative_id = $1 AND r.ends_at > now())
      ORDER BY c.contract_ref LIMIT $4`;
    const values = [personId, type, after, limit];
    const rows = await prepared<{ ref: string }>(
      this.dataSource.manager,
      { name: 'authzen-resources-of', text },
      values,
    );
    return rows.map(({ ref }) => ref);
  }
}
