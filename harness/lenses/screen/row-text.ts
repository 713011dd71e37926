import { cp437 } from '../../report/cp437.ts';

/** Characters of a screen row as text, without the blanks at its end. */
export function rowText(characters: Uint8Array): string {
  let text = '';
  for (const code of characters) text += cp437(code);
  return text.trimEnd();
}
