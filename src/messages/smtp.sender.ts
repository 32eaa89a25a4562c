import type { NodemailerError, Transporter } from 'nodemailer';
import { isOfTls } from '../http/tls-fault.ts';
import type { Parcel, Sender, SendResult } from './sender.ts';

/** Milliseconds that a mail server may be silent, and that one message may take as a whole. */
const SILENCE = 5_000;
const PATIENCE = 20_000;

export interface SmtpSettings {
  /** `smtps://` or `smtp://`; the parameters are nodemailer's, such as `?requireTLS=true`. */
  readonly url: string;
  readonly from: string;
  /** Name beside the sender's address. */
  readonly fromName: string;
  /** Milliseconds for one message; 20000 when not given. */
  readonly patience?: number;
}

/** E-mail, in plain text: it reads well aloud and in large type, and nothing in it can hide where a link leads. */
export class SmtpSender implements Sender {
  readonly #settings: SmtpSettings;
  #transport: Promise<Transporter> | null = null;

  constructor(settings: SmtpSettings) {
    this.#settings = settings;
  }

  async send(parcel: Parcel): Promise<SendResult> {
    const { from, fromName, patience } = this.#settings;
    const signal = AbortSignal.timeout(patience ?? PATIENCE);
    try {
      this.#transport ??= openTransport(this.#settings.url);
      const { messageId } = await (
        await this.#transport
      ).sendMail({
        from: { name: fromName, address: from },
        to: { name: '', address: parcel.recipient },
        subject: parcel.subject,
        text: parcel.text,
        textEncoding: 'quoted-printable',
        messageId: `<${parcel.id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
        headers: {
          'Content-Language': parcel.language,
          // No out-of-office answers to a code.
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
        },
        signal,
      });
      return { outcome: 'sent', providerRef: messageId };
    } catch (error) {
      return signal.aborted ? { outcome: 'failed', fault: 'timed_out' } : resultOf(error);
    }
  }

  close(): void {
    void this.#transport?.then((transport) => transport.close());
  }
}

/** The library is loaded with the first message: a service that sends none does without its megabytes. */
async function openTransport(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: SILENCE,
    greetingTimeout: SILENCE,
    socketTimeout: SILENCE,
    // A message is text of ours: it never reads files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // An idle connection that breaks is replaced at the next message.
  transport.on('error', () => undefined);
  return transport;
}

/** A 5xx about the recipient or the message is final. One about signing in is the operator's to mend: try again. */
function resultOf(error: unknown): SendResult {
  const { code, originalCode, command, responseCode } = error as Partial<NodemailerError>;
  if (responseCode !== undefined) {
    const isFinal = responseCode >= 500 && (command === 'RCPT TO' || command === 'MAIL FROM' || command === 'DATA');
    return { outcome: isFinal ? 'refused' : 'failed', fault: `rejected_${responseCode}` };
  }
  // The library's own code is one for every fault of a connection; what Node said stands behind it.
  if (isOfTls(originalCode)) return { outcome: 'failed', fault: 'certificate_refused' };
  return { outcome: 'failed', fault: code === 'ETIMEDOUT' ? 'timed_out' : 'connection_failed' };
}
