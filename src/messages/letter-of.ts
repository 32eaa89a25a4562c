import type { Organisation } from '../config/organisation.ts';
import type { Letter } from './letter.ts';
import type { LetterText } from './render-message.ts';
import { type Envelope, Writer } from './writer.ts';

/** What a letter needs beside its text. */
export interface LetterFrame {
  /** The message's id: what somebody who calls about the letter reads out. */
  readonly id: string;
  readonly subject: string;
  readonly address: string;
  readonly isLargeType: boolean;
  readonly sender: Organisation;
}

/** A message as a letter, ready to be laid out. */
export function letterOf(text: LetterText, envelope: Envelope, frame: LetterFrame): Letter {
  const writer = new Writer(envelope);
  const { language, name, queuedAt } = envelope;
  const { id, subject, address, isLargeType, sender } = frame;
  return {
    ...text,
    language,
    isLargeType,
    recipient: { name, address },
    sender,
    subject,
    lines: [
      writer.text('letter_date', { date: writer.date(queuedAt) }),
      writer.text('letter_reference', { reference: id }),
    ],
    page: (page, pages) => writer.text('letter_page', { page: String(page), pages: String(pages) }),
    writtenAt: queuedAt,
  };
}
