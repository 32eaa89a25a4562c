/**
 * The same JSON with letters beyond ASCII escaped (RFC 8259, section 7), so that each character is one byte on its way
 * out: to find out how many bytes a text has, and to make them, takes as long as making the text.
 */
export function asciiJson(json: string): string {
  return json.replaceAll(/[\u007F-\uFFFF]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
