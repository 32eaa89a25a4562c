import { createTransport, type NodemailerError, type Transporter } from 'nodemailer';
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
  readonly #transport: Transporter;

  constructor(settings: SmtpSettings) {
    this.#settings = settings;
    this.#transport = createTransport({
      url: settings.url,
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
    this.#transport.on('error', () => undefined);
  }

  async send(parcel: Parcel): Promise<SendResult> {
    const { from, fromName, patience } = this.#settings;
    const signal = AbortSignal.timeout(patience ?? PATIENCE);
    try {
      const { messageId } = await this.#transport.sendMail({
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
    this.#transport.close();
  }
}

/** A 5xx about the recipient or the message is final. One about signing in is the operator's to mend: try again. */
function resultOf(error: unknown): SendResult {
  const { code, command, responseCode } = error as Partial<NodemailerError>;
  if (responseCode !== undefined) {
    const isFinal = responseCode >= 500 && (command === 'RCPT TO' || command === 'MAIL FROM' || command === 'DATA');
    return { outcome: isFinal ? 'refused' : 'failed', fault: `rejected_${responseCode}` };
  }
  return { outcome: 'failed', fault: code === 'ETIMEDOUT' ? 'timed_out' : 'connection_failed' };
}
