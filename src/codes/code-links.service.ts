import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { Config } from '../config/config.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { isSameText, linkToken } from './code-derivation.ts';
import { type Code, isLinked, type LinkedCode } from './code.ts';
import { CodesRepository } from './codes.repository.ts';

/** How long a page still tells how its code ended, and lets its reader block. Milliseconds. */
const LIFETIME = 7 * 24 * 60 * 60 * 1_000;
const UUID_LENGTH = 36;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The address of the page behind a code's message. Whoever has it is taken for the reader: it must not work for ever. */
@Injectable()
export class CodeLinks {
  constructor(
    private readonly config: Config,
    private readonly ring: KeyRing,
    private readonly repository: CodesRepository,
  ) {}

  /** The page of exactly this value of the code. */
  of(code: Code): string {
    return new URL(`/c/${linkToken(this.ring, code)}`, this.config.publicUrl).href;
  }

  /**
   * The code that a link belongs to. Null for a link that we did not make or can't check any more, whose code was resent
   * since or ended a week ago, or which went to a contact point that its reader has left.
   */
  async find(manager: EntityManager, token: string): Promise<LinkedCode | null> {
    const id = token.slice(0, UUID_LENGTH);
    const code = UUID.test(id) ? await this.repository.find(manager, id) : null;
    if (code === null || !isLinked(code) || !this.ring.has(code.keyId)) return null;
    if (!isSameText(linkToken(this.ring, code), token)) return null;
    const ended = code.answeredAt ?? code.expiresAt;
    if (ended.getTime() + LIFETIME <= (await this.repository.clock()).getTime()) return null;
    const { contactPointId } = await this.repository.currentBinding(manager, code);
    return contactPointId === null ? null : code;
  }
}
