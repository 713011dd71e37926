import { MalformedTrace } from '../error.ts';
import { checkText } from './check.ts';
import type { Packable } from './codec.ts';

/** Plain data: what a machine spec is made of. Numbers are finite; an undefined property counts as absent. */
export type PlainValue =
  | boolean
  | number
  | string
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue | undefined };

/** Keys in sorted order, so that two equal specs give the same bytes. */
export function encodePlain(value: PlainValue): Packable {
  if (typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(encodePlain);
  const entries = Object.entries(value as { readonly [key: string]: PlainValue | undefined });
  const packed = new Map<string, Packable>();
  for (const [key, item] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (item !== undefined) packed.set(key, encodePlain(item));
  }
  return packed;
}

/** Maps become objects whose keys are all own properties: "__proto__" is refused, as nothing plain has it. */
export function decodePlain(value: unknown): PlainValue {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string') return checkText(value, 'text in the machine spec');
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(decodePlain);
  if (!(value instanceof Map)) throw new MalformedTrace('the machine spec holds something that is not plain data');
  const plain: Record<string, PlainValue> = {};
  for (const [key, item] of value) {
    const name = checkText(key, 'a key in the machine spec');
    if (name === '__proto__') throw new MalformedTrace('the machine spec has a key "__proto__"');
    plain[name] = decodePlain(item);
  }
  return plain;
}
