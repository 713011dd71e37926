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

/** JSON of plain data with sorted keys, byte arrays as lists of numbers: the same text for equal data. */
export function plainJson(value: object): string {
  return JSON.stringify(value, (_key, part) => {
    if (part instanceof Uint8Array) return Array.from(part);
    const isRecord = typeof part === 'object' && part !== null && !Array.isArray(part);
    return isRecord ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part;
  });
}
