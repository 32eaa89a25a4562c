import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { isSameText } from '../codes/code-derivation.ts';
import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { type MandateRecord, stateAt } from './mandate.ts';
import { MandatesRepository } from './mandates.repository.ts';

const UUID_LENGTH = 36;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A mandate that waits for its proxy, under exactly these terms. */
type Awaiting = Pick<MandateRecord, 'id' | 'termsRevision'> & { readonly acceptanceKeyId: string };

/**
 * The address of the page where a proxy answers an invitation. It holds no code, and proves no more than that the invitation
 * arrived: whoever follows it has to type the code that the holder gave them, and to sign in, if they can.
 */
@Injectable()
export class InvitationLinks {
  constructor(
    private readonly config: Config,
    private readonly ring: KeyRing,
    private readonly repository: MandatesRepository,
  ) {}

  of(mandate: Awaiting): string {
    return new URL(`/portal/invitations/${this.#token(mandate)}`, this.config.publicUrl).href;
  }

  /**
   * The mandate that a link invites to. Null for a link that we did not make or can't check any more, and for what doesn't wait
   * for its proxy: accepted, refused, withdrawn, over, or under other terms now.
   */
  async find(manager: EntityManager, token: string): Promise<MandateRecord | null> {
    const id = token.slice(0, UUID_LENGTH);
    const mandate = UUID.test(id) ? await this.repository.find(manager, id) : null;
    const acceptanceKeyId = mandate?.acceptanceKeyId ?? null;
    if (mandate === null || acceptanceKeyId === null || !this.ring.has(acceptanceKeyId)) return null;
    if (!isSameText(this.#token({ ...mandate, acceptanceKeyId }), token)) return null;
    const { state } = stateAt(mandate, await this.repository.clock(manager));
    return state === 'pending_acceptance' ? mandate : null;
  }

  /** 128 bits that nobody else can make. */
  #token({ id, termsRevision, acceptanceKeyId }: Awaiting): string {
    const mac = this.ring.mac('invitation-link', `${id}.${termsRevision}`, acceptanceKeyId).subarray(0, 16);
    return `${id}.${mac.toString('base64url')}`;
  }
}
