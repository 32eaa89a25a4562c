import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf, agentWhoseCalls, type Principal } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { placeOf } from '../crypto/place.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { obligationId } from '../policy/obligations.ts';
import type { ObligationRule } from '../policy/policy.ts';
import type { Obligation, ReceiptStatus } from './obligation.ts';
import { type ObligationRow, ObligationsRepository, type Owing } from './obligations.repository.ts';

const EVERY = 15_000;
/** In one transaction: others wait for it. */
const PAGE = 50;

/** What somebody reports of one. */
export interface Receipt {
  readonly obligationId: string;
  readonly status: ReceiptStatus;
  readonly note: string | null;
}

/**
 * What came with the permits that were used. The service sends its own notices; everything else is done elsewhere, and whoever did
 * it, or could not, says so here.
 */
@Injectable()
export class Obligations {
  private readonly logger = new Logger(Obligations.name);

  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly repository: ObligationsRepository,
    private readonly holders: HoldersService,
  ) {}

  /** Something was done on this decision: what came with it is owed from now on. In the transaction of doing it. */
  async owe(
    tx: EntityManager,
    now: Date,
    decisionId: string,
    owing: Owing,
    obligations: readonly ObligationRule[],
  ): Promise<void> {
    const owed = obligations.flatMap((rule, place) =>
      rule.type === 'notify_holder' ? [] : [{ id: obligationId(decisionId, place), rule }],
    );
    if (owed.length > 0) await this.repository.insert(tx, now, owing, owed);
  }

  /** Of one call, in the order in which they came. @throws AppError `not_found` */
  async ofCall(callId: string, principal: Principal): Promise<readonly Obligation[]> {
    const { manager } = this.dataSource;
    const agentId = agentWhoseCalls(principal);
    const rows = await this.repository.ofCall(manager, callId, agentId);
    if (rows.length === 0 && !(await this.repository.isCall(manager, callId, agentId))) {
      throw new AppError('not_found', 'There is no such call.');
    }
    return Promise.all(rows.map((row) => this.#opened(manager, row)));
  }

  /**
   * Notes what became of one. The same report again changes nothing; with another note it is a new one, and its note is the one
   * that stands. `failed` may become `done`, and `done` stays. After the call too: late is better than never.
   *
   * @throws AppError `not_found`, `invalid_state` for a `failed` that comes after a `done`
   */
  report(callId: string, principal: Principal, { obligationId: id, status, note }: Receipt): Promise<Obligation> {
    return this.audit.record(async (tx, now) => {
      const row = await this.repository.lock(tx, callId, id, agentWhoseCalls(principal));
      if (row === null) throw new AppError('not_found', 'There is no such obligation in this call.');
      if (row.state === status) {
        const said = await this.#opened(tx, row);
        if (note === null || note === said.note) return { result: said, entries: [] };
      } else if (row.state === 'done') throw new AppError('invalid_state', 'It was reported done, and that stands.');
      const noteSealed = note === null ? null : await this.holders.seal(tx, row.sealedFor, note, notePlace(id));
      await this.repository.report(tx, id, { state: status, noteSealed, now });
      const entry = {
        kind: `obligation.${status}`,
        actor: actorOf(principal),
        callId,
        personIds: row.personIds,
        body: { obligationId: id, obligation: row.type, action: row.action, isCorrection: row.state !== 'open' },
      };
      return { result: told({ ...row, state: status, reportedAt: now }, note), entries: [entry] };
    });
  }

  /** Tells subscribers what is still open. Never fails: what was not told is told the next time. */
  @Interval(EVERY)
  async tellOpen(): Promise<void> {
    try {
      while (await this.#tellSome());
    } catch (error) {
      this.logger.warn({ event: 'open_obligations_not_told', err: error });
    }
  }

  /** @returns whether there may be more */
  #tellSome(): Promise<boolean> {
    return this.audit.record(async (tx, now) => {
      const untold = await this.repository.tell(tx, now, this.config.obligationMinutes, PAGE);
      const entries = untold.map(({ id, callId, type, personIds }) => ({
        kind: 'obligation.open',
        actor: 'system:obligations',
        callId,
        personIds,
        body: { obligationId: id, obligation: type },
      }));
      return { result: untold.length === PAGE, entries };
    });
  }

  async #opened(manager: EntityManager, row: ObligationRow): Promise<Obligation> {
    const { sealedFor, noteSealed, id } = row;
    return told(
      row,
      noteSealed === null ? null : await this.holders.open(manager, sealedFor, noteSealed, notePlace(id)),
    );
  }
}

/** Without what is only for us. */
function told(
  { sealedFor: _key, noteSealed: _sealed, personIds: _people, ...row }: ObligationRow,
  note: string | null,
): Obligation {
  return { ...row, note };
}

function notePlace(id: string): ReturnType<typeof placeOf> {
  return placeOf('obligations', 'note_sealed', id);
}
