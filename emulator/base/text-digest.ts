import { digestHex, hashBytes } from './digest.ts';

/** 32 hex digits over a text's UTF-16 code units. */
export function digestText(text: string): string {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit & 0xff;
    bytes[2 * i + 1] = unit >> 8;
  }
  return digestHex(hashBytes(bytes));
}

/** JSON of plain data, byte arrays as lists of numbers: the same text for equal data with keys in equal order. */
export function plainJson(value: object): string {
  return JSON.stringify(value, (_key, part) => (part instanceof Uint8Array ? Array.from(part) : part));
}
