/**
 * Text that people gave us (names, properties of an action) stands inside our own messages. It must not be able to
 * look like a line of ours or become a link: a caller called "Bel 0900… http://…" would otherwise phish in our name.
 *
 * Control, format and bidirectional characters go, white space becomes one space, quotes can't end our own quotes,
 * and the marks by which phones and mail programs find an address (`a.b`, `scheme:x`) are followed by a space.
 */
export function neutralise(text: string): string {
  return (
    text
      .normalize('NFKC')
      .replaceAll(/\p{Cf}/gu, '')
      .replaceAll(/[\p{C}\s]+/gu, ' ')
      .replaceAll(/["“”„«»]/gu, "'")
      .replaceAll(/[<>]/g, '')
      .replaceAll(/[.。](?=\p{L})/gu, '. ')
      .replaceAll(/(?<!\d)\d+(?:\.\d+){2,}/g, (dotted) => dotted.replaceAll('.', '. '))
      .replaceAll(/(?<=\p{L}):(?=\S)/gu, ': ')
      .trim()
      // Something of ours follows it, such as the end of our quotes.
      .replace(/(?<=\p{L}):$/u, '')
  );
}

/** At most `length` characters, the last three of them dots when something was cut off. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, length - 3)
        .join('')
        .trimEnd()}...`;
}

/** The GSM 03.38 basic alphabet; the characters of its extension count twice. */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_EXTENSION = '^{}\\[~]|€';

/**
 * Letters that SMS lacks, without their accents (ë → e): one of them would make every segment 67 characters instead
 * of 153. What has no such form (other scripts) stays as it is.
 */
export function fitToGsm(text: string): string {
  return Array.from(text.replaceAll(/[‘’`]/gu, "'").replaceAll(/[–—]/gu, '-').replaceAll('…', '...'))
    .map((character) => {
      if (isGsm(character)) return character;
      const bare = character.normalize('NFD').replaceAll(/\p{M}/gu, '');
      return bare !== '' && Array.from(bare).every(isGsm) ? bare : character;
    })
    .join('');
}

/** How many parts an SMS is cut into by the network. */
export function smsSegments(text: string): number {
  const characters = Array.from(text);
  if (characters.every(isGsm)) {
    const septets = characters.reduce((sum, one) => sum + (GSM_EXTENSION.includes(one) ? 2 : 1), 0);
    return septets <= 160 ? 1 : Math.ceil(septets / 153);
  }
  return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
}

function isGsm(character: string): boolean {
  return GSM_BASIC.includes(character) || GSM_EXTENSION.includes(character);
}
