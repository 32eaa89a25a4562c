import { randomBytes } from 'node:crypto';

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Webhook as Signer } from 'standardwebhooks';

import { AuditService } from '../audit/audit.service.ts';
import { UnreadableError } from '../crypto/envelope.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { placeOf } from '../crypto/place.ts';
import type { Recipient, SealedSecret } from './webhook.ts';
import { WebhooksRepository } from './webhooks.repository.ts';

const SIZE = 32;
const PREFIX = 'whsec_';

/** What messages are signed with. It is shown when it is made, and stands in the database sealed. */
@Injectable()
export class WebhookSecrets implements OnApplicationBootstrap {
  constructor(
    private readonly audit: AuditService,
    private readonly ring: KeyRing,
    private readonly repository: WebhooksRepository,
  ) {}

  /** Refuses to start with a ring that can't open them: nothing could be sent, and nobody would say so. */
  async onApplicationBootstrap(): Promise<void> {
    const missing = (await this.repository.ringIds()).filter((id) => !this.ring.has(id));
    if (missing.length === 0) return;
    const names = missing.map((id) => `"${id}"`).join(', ');
    throw new UnreadableError(
      `MANDAAT_KEYS lacks ${names}, with which secrets of webhooks in this database are sealed.`,
    );
  }

  make(webhookId: string): SealedSecret & { readonly text: string } {
    const key = randomBytes(SIZE);
    return { text: PREFIX + key.toString('base64'), ...this.ring.seal(key, secretPlace(webhookId)) };
  }

  /** The signatures of one try: one, or two while receivers change to a new secret. */
  sign(
    webhookId: string,
    { secret, previous }: Pick<Recipient, 'secret' | 'previous'>,
    { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string },
  ): string {
    const live = [secret, ...(previous !== null && at < previous.until ? [previous] : [])];
    return live
      .map((sealed) => new Signer(this.ring.open(sealed, secretPlace(webhookId)), { format: 'raw' }).sign(id, at, body))
      .join(' ');
  }

  /** Seals them all with the ring's current entry. @returns how many were sealed with another one */
  rewrap(actor: string): Promise<number> {
    return this.audit.record(async (tx) => {
      const { currentKeyId } = this.ring;
      const old = await this.repository.lockOld(tx, currentKeyId);
      const anew = (webhookId: string, sealed: SealedSecret): SealedSecret =>
        this.ring.seal(this.ring.open(sealed, secretPlace(webhookId)), secretPlace(webhookId));
      for (const { id, secret, previous } of old) {
        await this.repository.replaceSecrets(tx, id, {
          secret: anew(id, secret),
          previous: previous === null ? null : { ...anew(id, previous), until: previous.until },
        });
      }
      const body = { webhooks: old.length, keyId: currentKeyId };
      return { result: old.length, entries: old.length === 0 ? [] : [{ kind: 'keys.rewrapped', actor, body }] };
    });
  }
}

/** The same for both: the one becomes the other when it is replaced. */
function secretPlace(webhookId: string): ReturnType<typeof placeOf> {
  return placeOf('webhooks', 'secret_sealed', webhookId);
}
