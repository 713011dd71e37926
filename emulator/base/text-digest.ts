import { digestHex, hashBytes } from './digest.ts';

/** 32 hex digits over a text's UTF-16 code units. */
export function digestText(text: string): string {
  return digestHex(hashBytes(codeUnits(text)));
}

/** A text's UTF-16 code units as bytes. */
function codeUnits(text: string): Uint8Array {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return new Uint8Array(units.buffer);
}

/** JSON of plain data with sorted keys, byte arrays as lists of numbers: the same text for equal data. */
export function plainJson(value: unknown): string {
  return jsonOf(value) ?? 'null';
}

const INDEX = /^(0|[1-9]\d{0,9})$/;

/** Undefined for what JSON leaves out of an object. */
function jsonOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value === 0 ? 0 : value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Uint8Array) return `[${value.join(',')}]`;
  if (Array.isArray(value)) return `[${value.map((part) => jsonOf(part) ?? 'null').join(',')}]`;
  const fields: string[] = [];
  const record = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record).sort();
  if (keys.some(startsWithDigit)) keys.sort(byNumberThenText);
  for (const key of keys) {
    const text = jsonOf(record[key]);
    if (text !== undefined) fields.push(`${quoted(key)}:${text}`);
  }
  return `{${fields.join(',')}}`;
}

/** As JSON.stringify, which is slow for the short plain texts that most are. */
function quoted(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function startsWithDigit(key: string): boolean {
  const unit = key.charCodeAt(0);
  return unit >= 0x30 && unit <= 0x39;
}

/** Keys that are array indices come first, as in every JavaScript object; others by their code units. */
function byNumberThenText(a: string, b: string): number {
  const [isIndexA, isIndexB] = [INDEX.test(a), INDEX.test(b)];
  if (isIndexA && isIndexB) return Number(a) - Number(b);
  if (isIndexA !== isIndexB) return isIndexA ? -1 : 1;
  return a < b ? -1 : 1;
}
