import { isOfTls } from '../http/tls-fault.ts';
import type { Parcel, Sender, SendResult } from './sender.ts';

/** How long a gateway may take over one message, in milliseconds. */
const PATIENCE = 5_000;
/** How much of its answer is read, in bytes. */
const ANSWER_LIMIT = 64 * 1_024;
const REFERENCE_LIMIT = 200;

export interface GatewaySettings {
  readonly url: string;
  readonly token: string;
  /** Sender that the recipient sees. */
  readonly from: string;
  /** Milliseconds; 5000 when not given. */
  readonly patience?: number;
}

/**
 * SMS and spoken messages through an HTTP gateway: `POST {id, type, from, to, text, language}`, with the message's id
 * as `Idempotency-Key`. 2xx: sent. 401, 408, 429 and 5xx: try again. Everything else, redirects too: never.
 */
export class GatewaySender implements Sender {
  constructor(private readonly settings: GatewaySettings) {}

  async send(parcel: Parcel): Promise<SendResult> {
    const { id, route: type, recipient: to, text, language } = parcel;
    const signal = AbortSignal.timeout(this.settings.patience ?? PATIENCE);
    try {
      const response = await fetch(this.settings.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.settings.token}`,
          'content-type': 'application/json',
          'idempotency-key': id,
        },
        body: JSON.stringify({ id, type, from: this.settings.from, to, text, language }),
        // A redirect would take the token and the code to somebody whom the operator didn't name.
        redirect: 'manual',
        signal,
      });
      if (response.ok) return { outcome: 'sent', providerRef: await reference(response) };
      await response.body?.cancel();
      // 401: the token is the operator's to mend, as when it was changed at the provider and not yet here.
      const isPassing = response.status >= 500 || [401, 408, 429].includes(response.status);
      return { outcome: isPassing ? 'failed' : 'refused', fault: `rejected_${response.status}` };
    } catch (error) {
      if (signal.aborted) return { outcome: 'failed', fault: 'timed_out' };
      // What `fetch` throws says why in its cause alone.
      const { code } = ((error as Error).cause ?? {}) as { readonly code?: unknown };
      return { outcome: 'failed', fault: isOfTls(code) ? 'certificate_refused' : 'connection_failed' };
    }
  }

  close(): void {
    // `fetch` keeps no connections of ours.
  }
}

/** The gateway's own id of the message. It said yes already: an answer that can't be read changes nothing. */
async function reference(response: Response): Promise<string | null> {
  try {
    const answer: unknown = JSON.parse(await boundedText(response));
    const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : null;
    return typeof id === 'string' && id.length <= REFERENCE_LIMIT ? id : null;
  } catch {
    return null;
  }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the body.
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > ANSWER_LIMIT) return '';
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
