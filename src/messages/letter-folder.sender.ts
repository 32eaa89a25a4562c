import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Parcel, Sender, SendResult } from './sender.ts';

/** Readable for the service and its group: the print house's transfer. A letter holds a code and an address. */
const MODE = 0o640;

/**
 * Letters into a folder, from which a print house fetches them: `<id>.pdf`, and then `<id>.json`. A manifest means that its
 * letter is whole. Who has printed one takes both away, and prints no id twice: like every sender this one may, after a
 * crash, send again what it has sent.
 */
export class LetterFolderSender implements Sender {
  constructor(private readonly folder: string) {}

  async send({ id, language, letter }: Parcel): Promise<SendResult> {
    if (letter === null) throw new Error('Only letters go by this sender.');
    const { pdf, pages } = letter;
    const manifest = {
      id,
      file: `${id}.pdf`,
      sha256: createHash('sha256').update(pdf).digest('hex'),
      bytes: pdf.length,
      pages,
      paper: 'A4',
      sides: 1,
      // Whose address is behind the window stands in the letter alone.
      window: 'left, DIN 5008 form B',
      language,
    };
    try {
      await this.#write(`${id}.pdf`, pdf);
      await this.#write(`${id}.json`, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
      return { outcome: 'sent', providerRef: `${id}.pdf` };
    } catch {
      // A full disk or a folder that went away comes back; its message would name paths.
      return { outcome: 'failed', fault: 'not_stored' };
    }
  }

  close(): void {
    // Nothing stays open.
  }

  /** Whole or not at all, also after a power cut. */
  async #write(name: string, content: Buffer): Promise<void> {
    const unfinished = path.join(this.folder, `.${name}.part`);
    const file = await open(unfinished, 'w', MODE);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path.join(this.folder, name));
    // The name is the folder's; Windows has no way to ask for it to be kept, and keeps it.
    if (process.platform === 'win32') return;
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
