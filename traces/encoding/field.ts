import { MalformedTrace } from '../error.ts';
import { MAX_COUNT, MAX_EVENT_BYTES, MAX_U32 } from '../format.ts';
import { checkArray, checkBytes, checkCount, checkText, checkTuple } from './check.ts';
import type { Packable } from './codec.ts';

/**
 * How one field of an event stands in MessagePack. Both directions check, so the writer refuses what the reader
 * would refuse. `decode` returns undefined for an absent optional field.
 */
export interface Field {
  encode(value: unknown): Packable;
  decode(value: unknown): unknown;
}

function integer(max: number): Field {
  const check = (value: unknown): number => checkCount(value, max, 'a number of an event');
  return { encode: check, decode: check };
}

export const u8 = integer(0xff);
export const u16 = integer(0xffff);
export const u32 = integer(MAX_U32);
export const count = integer(MAX_COUNT);

/** A signed number, stored as the unsigned one with the same 32 bits. */
export const i32: Field = {
  encode: (value) => {
    if (value !== ((value as number) | 0)) throw new MalformedTrace(`${String(value)} is no signed number of 32 bits`);
    return (value as number) >>> 0;
  },
  decode: (value) => checkCount(value, MAX_U32, 'a number of an event') | 0,
};

export const text: Field = {
  encode: (value) => checkText(value, 'text of an event'),
  decode: (value) => checkText(value, 'text of an event'),
};

export const bytes: Field = {
  encode: (value) => checkBytes(value, MAX_EVENT_BYTES, 'bytes of an event'),
  decode: (value) => new Uint8Array(checkBytes(value, MAX_EVENT_BYTES, 'bytes of an event')),
};

/** Absent is nil. */
export function optional(field: Field): Field {
  return {
    encode: (value) => (value === undefined ? null : field.encode(value)),
    decode: (value) => (value === null ? undefined : field.decode(value)),
  };
}

export function list(field: Field): Field {
  return {
    encode: (value) => checkArray(value, 'a list of an event').map((item) => field.encode(item)),
    decode: (value) => checkArray(value, 'a list of an event').map((item) => field.decode(item)),
  };
}

/** One of a few values, stored as its number in the list. */
export function oneOf(values: readonly unknown[]): Field {
  return {
    encode: (value) => checkCount(values.indexOf(value), values.length - 1, 'a choice of an event'),
    decode: (value) => values[checkCount(value, values.length - 1, 'a choice of an event')],
  };
}

export const size = oneOfItself([1, 2, 4]);

/** One of a few numbers, stored as it is. */
function oneOfItself(values: readonly number[]): Field {
  const check = (value: unknown): number => {
    const number = checkCount(value, MAX_U32, 'a size of an event');
    if (!values.includes(number)) throw new MalformedTrace(`a size of ${number} bytes in an event`);
    return number;
  };
  return { encode: check, decode: check };
}

/** The fields of an object type, by name, in the order in which they are stored. */
export type FieldsOf<T, Skip extends string = never> = { readonly [Name in Exclude<keyof T & string, Skip>]-?: Field };

/** An object as an array of its fields. */
export function record<T>(fields: FieldsOf<T>): Field {
  const entries = Object.entries<Field>(fields);
  return {
    encode: (value) => encodeFields(entries, value as Readonly<Record<string, unknown>>),
    decode: (value) => decodeFields(entries, checkTuple(value, entries.length, 'a record of an event'), 0, {}),
  };
}

/** The field tables of a union, one for each kind; a kind's number is its place in the table. */
export type Variants<U extends { readonly kind: string }, Skip extends string = never> = {
  readonly [K in U['kind']]: FieldsOf<Extract<U, { readonly kind: K }>, 'kind' | Skip>;
};

/** A union as an array: the number of the kind, then that kind's fields. */
export function tagged<U extends { readonly kind: string }>(variants: Variants<U>): Field {
  const kinds = Object.keys(variants);
  const tables = Object.values<Readonly<Record<string, Field>>>(variants).map((fields) => Object.entries(fields));
  return {
    encode: (value) => {
      const kind = checkCount(kinds.indexOf((value as U).kind), kinds.length - 1, 'a kind');
      return [kind, ...encodeFields(tables[kind], value as unknown as Readonly<Record<string, unknown>>)];
    },
    decode: (value) => {
      const items = checkArray(value, 'a union of an event');
      const kind = checkCount(items[0], kinds.length - 1, 'a kind');
      checkTuple(items, 1 + tables[kind].length, kinds[kind]);
      return decodeFields(tables[kind], items, 1, { kind: kinds[kind] });
    },
  };
}

export type FieldTable = readonly (readonly [name: string, field: Field])[];

function encodeFields(table: FieldTable, value: Readonly<Record<string, unknown>>): Packable[] {
  return table.map(([name, field]) => field.encode(value[name]));
}

/** Decodes the items after the first `skip` into properties of `target`. */
export function decodeFields(
  table: FieldTable,
  items: readonly unknown[],
  skip: number,
  target: Record<string, unknown>,
): Record<string, unknown> {
  for (let at = 0; at < table.length; at++) {
    const [name, field] = table[at];
    const value = field.decode(items[at + skip]);
    if (value !== undefined) target[name] = value;
  }
  return target;
}
