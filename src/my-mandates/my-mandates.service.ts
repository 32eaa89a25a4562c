import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type Principal, signedInOf } from '../auth/principal.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { MandateNotices, type ScopeInWords } from '../mandates/mandate-notices.ts';
import { type MandateView, personOn, type Side, SIDES } from '../mandates/mandate.ts';
import { MandatesService, type OwnMandateQuery } from '../mandates/mandates.service.ts';
import type { Language } from '../policy/vocabulary.ts';

/** A mandate as one of its two sides reads it. */
export interface OwnMandate {
  readonly mandate: MandateView;
  /** Which side the reader is on. */
  readonly side: Side;
  /** Names; an erased person has none any more. */
  readonly holder: string | null;
  readonly proxy: string | null;
  /** Who passed it on; null also where the holder gave it. */
  readonly giver: string | null;
  /** In the reader's language. */
  readonly scopes: readonly ScopeInWords[];
}

export interface OwnMandatePage {
  readonly mandates: readonly OwnMandate[];
  /** Pass it as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

/** What somebody who is signed in sees of their own mandates. */
@Injectable()
export class MyMandatesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly mandates: MandatesService,
    private readonly notices: MandateNotices,
    private readonly holders: HoldersService,
  ) {}

  async list(query: OwnMandateQuery, principal: Principal, language: Language): Promise<OwnMandatePage> {
    const { mandates, next } = await this.mandates.listOwn(query, principal);
    return { mandates: await this.#inWords(mandates, principal, language), next };
  }

  /** @throws AppError `not_found` also for what is somebody else's */
  async get(id: string, principal: Principal, language: Language): Promise<OwnMandate> {
    return this.asOwn(await this.mandates.get(id, { principal, callId: null }), principal, language);
  }

  /** What was made from one of the reader's mandates, and lives. @throws AppError `not_found` */
  async subMandates(id: string, principal: Principal, language: Language): Promise<readonly OwnMandate[]> {
    return this.#inWords(await this.mandates.subMandates(id, principal), principal, language);
  }

  /** @param mandate one that the reader is a side of */
  async asOwn(mandate: MandateView, principal: Principal, language: Language): Promise<OwnMandate> {
    const [own] = await this.#inWords([mandate], principal, language);
    if (own === undefined) throw new Error('One mandate in words is one.');
    return own;
  }

  async #inWords(
    mandates: readonly MandateView[],
    principal: Principal,
    language: Language,
  ): Promise<readonly OwnMandate[]> {
    const { id } = signedInOf(principal);
    const people = [...new Set(mandates.flatMap((mandate) => SIDES.map((side) => personOn(mandate, side))))];
    const names = await this.holders.names(this.dataSource.manager, people);
    return Promise.all(
      mandates.map(async (mandate) => ({
        mandate,
        side: SIDES.find((side) => personOn(mandate, side) === id) ?? 'proxy',
        holder: names.get(mandate.holderId) ?? null,
        proxy: names.get(mandate.proxyId) ?? null,
        giver: mandate.parent === undefined ? null : (names.get(mandate.parent.proxyId) ?? null),
        scopes: await this.notices.inWords(mandate, language),
      })),
    );
  }
}
