import { escapeText } from '../report/escape.ts';

/** What moves within a line or to the next tabulator; every other control character but the newline is shown as \x1b. */
const HARMLESS = /([\t\r\b])/;

/** Turns what a guest sends, UTF-8 or anything else, into text that can't command a terminal. */
export class SerialText {
  readonly #utf8 = new TextDecoder();

  decode(bytes: Uint8Array): string {
    const pieces = this.#utf8.decode(bytes, { stream: true }).split(HARMLESS);
    return pieces.map((piece) => (HARMLESS.test(piece) ? piece : escapeText(piece))).join('');
  }
}
