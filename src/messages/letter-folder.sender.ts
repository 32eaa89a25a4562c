import { createHash } from 'node:crypto';
import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Parcel, Sender, SendResult } from './sender.ts';

/** Readable for the service and its group: the print house's transfer. A letter holds a code and an address. */
const MODE = 0o640;
/** What a letter is called while it is being written. */
const UNFINISHED = /^\.[0-9a-f-]{36}\.(pdf|json)\.part$/;
/** Milliseconds after which nobody is still writing it; and how often we look. */
const ABANDONED = 3_600_000;

/**
 * Letters into a folder, from which a print house fetches them: `<id>.pdf`, and then `<id>.json`. A manifest means that its
 * letter is whole. Who has printed one takes both away, and prints no id twice: like every sender this one may, after a
 * crash, send again what it has sent.
 */
export class LetterFolderSender implements Sender {
  #sweptAt = Number.NEGATIVE_INFINITY;

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
      await this.#sweep();
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

  /**
   * A process that was killed while it wrote left a code and an address behind, in a file that nobody fetches. Only what is
   * old goes: another process may be writing beside us.
   */
  async #sweep(): Promise<void> {
    const now = Date.now();
    if (now - this.#sweptAt < ABANDONED) return;
    for (const name of await readdir(this.folder)) {
      if (!UNFINISHED.test(name)) continue;
      const file = path.join(this.folder, name);
      try {
        if (now - (await stat(file)).mtimeMs > ABANDONED) await unlink(file);
      } catch (error) {
        // Its writer, or somebody who sweeps as well, was faster.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    this.#sweptAt = now;
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
