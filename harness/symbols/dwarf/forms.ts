// Attribute forms: DWARF 5, 7.5.5 and 7.5.6; those above 0x1f00 are the GNU extensions that GCC wrote before DWARF 5.
import type { ByteReader } from '../byte-reader.ts';

export const DW_FORM_implicit_const = 0x21;
const DW_FORM_indirect = 0x16;

/** What decides the size of a form; addresses have 4 bytes here. */
export interface Encoding {
  readonly version: number;
  readonly offsetSizeBytes: number;
}

/** An attribute's value before anything is looked up. Offsets count from the start of the section they lead to. */
export type RawValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'address'; readonly value: number }
  | { readonly kind: 'address-index'; readonly index: number }
  | { readonly kind: 'range-list-index'; readonly index: number }
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'text-offset'; readonly section: '.debug_str' | '.debug_line_str'; readonly offset: number }
  | { readonly kind: 'text-index'; readonly index: number }
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  /** From the start of the unit. */
  | { readonly kind: 'unit-reference'; readonly offset: number }
  | { readonly kind: 'reference'; readonly offset: number }
  | { readonly kind: 'signature'; readonly key: string }
  /** In a list or file this reader doesn't use. */
  | { readonly kind: 'elsewhere' };

type Layout =
  | { readonly kind: 'unsigned'; readonly width: Width }
  | { readonly kind: 'sleb' }
  | { readonly kind: 'string' }
  | { readonly kind: 'block'; readonly width: Width }
  | { readonly kind: 'fixed'; readonly sizeBytes: number };

type Width = 0 | 1 | 2 | 3 | 4 | 8 | 'uleb' | 'offset' | 'ref_addr';

interface Form {
  readonly layout: Layout;
  readonly meaning: RawValue['kind'];
}

const unsigned = (width: Width, meaning: RawValue['kind'] = 'number'): Form => ({
  layout: { kind: 'unsigned', width },
  meaning,
});
const block = (width: Width): Form => ({ layout: { kind: 'block', width }, meaning: 'block' });

const FORMS: ReadonlyMap<number, Form> = new Map([
  [0x01, unsigned(4, 'address')], // addr
  [0x03, block(2)],
  [0x04, block(4)],
  [0x05, unsigned(2)], // data2
  [0x06, unsigned(4)], // data4
  [0x07, unsigned(8)], // data8
  [0x08, { layout: { kind: 'string' }, meaning: 'text' }],
  [0x09, block('uleb')],
  [0x0a, block(1)],
  [0x0b, unsigned(1)], // data1
  [0x0c, unsigned(1)], // flag
  [0x0d, { layout: { kind: 'sleb' }, meaning: 'number' }], // sdata
  [0x0e, unsigned('offset', 'text-offset')], // strp
  [0x0f, unsigned('uleb')], // udata
  [0x10, unsigned('ref_addr', 'reference')],
  [0x11, unsigned(1, 'unit-reference')],
  [0x12, unsigned(2, 'unit-reference')],
  [0x13, unsigned(4, 'unit-reference')],
  [0x14, unsigned(8, 'unit-reference')],
  [0x15, unsigned('uleb', 'unit-reference')],
  [0x17, unsigned('offset')], // sec_offset
  [0x18, block('uleb')], // exprloc
  [0x19, unsigned(0)], // flag_present
  [0x1a, unsigned('uleb', 'text-index')], // strx
  [0x1b, unsigned('uleb', 'address-index')], // addrx
  [0x1c, unsigned(4, 'elsewhere')], // ref_sup4
  [0x1d, unsigned('offset', 'elsewhere')], // strp_sup
  [0x1e, { layout: { kind: 'fixed', sizeBytes: 16 }, meaning: 'block' }], // data16
  [0x1f, unsigned('offset', 'text-offset')], // line_strp
  [0x20, { layout: { kind: 'fixed', sizeBytes: 8 }, meaning: 'signature' }], // ref_sig8
  [0x22, unsigned('uleb', 'elsewhere')], // loclistx
  [0x23, unsigned('uleb', 'range-list-index')], // rnglistx
  [0x24, unsigned(8, 'elsewhere')], // ref_sup8
  [0x25, unsigned(1, 'text-index')], // strx1
  [0x26, unsigned(2, 'text-index')],
  [0x27, unsigned(3, 'text-index')],
  [0x28, unsigned(4, 'text-index')],
  [0x29, unsigned(1, 'address-index')], // addrx1
  [0x2a, unsigned(2, 'address-index')],
  [0x2b, unsigned(3, 'address-index')],
  [0x2c, unsigned(4, 'address-index')],
  [0x1f01, unsigned('uleb', 'elsewhere')], // GNU_addr_index
  [0x1f02, unsigned('uleb', 'elsewhere')], // GNU_str_index
  [0x1f20, unsigned('offset', 'elsewhere')], // GNU_ref_alt
  [0x1f21, unsigned('offset', 'elsewhere')], // GNU_strp_alt
]);

const DW_FORM_line_strp = 0x1f;

/** Reads a value; `implicit` is the abbreviation's constant for DW_FORM_implicit_const. */
export function readForm(reader: ByteReader, form: number, implicit: number, encoding: Encoding): RawValue {
  if (form === DW_FORM_implicit_const) return { kind: 'number', value: implicit };
  const actual = form === DW_FORM_indirect ? readIndirect(reader) : form;
  const { layout, meaning } = formOf(reader, actual);
  switch (layout.kind) {
    case 'unsigned': {
      const number = layout.width === 0 ? 1 : readUnsigned(reader, layout.width, encoding);
      return meaningOf(actual, meaning, number);
    }
    case 'sleb':
      return { kind: 'number', value: reader.sleb128() };
    case 'string':
      return { kind: 'text', bytes: reader.stringBytes() };
    case 'block':
      return { kind: 'block', bytes: reader.slice(readUnsigned(reader, layout.width, encoding)) };
    case 'fixed': {
      const bytes = reader.slice(layout.sizeBytes);
      return meaning === 'signature' ? { kind: 'signature', key: signatureKey(bytes) } : { kind: 'block', bytes };
    }
  }
}

export function skipForm(reader: ByteReader, form: number, encoding: Encoding): void {
  if (form === DW_FORM_implicit_const) return;
  const { layout } = formOf(reader, form === DW_FORM_indirect ? readIndirect(reader) : form);
  if (layout.kind === 'unsigned') readUnsigned(reader, layout.width, encoding);
  else if (layout.kind === 'sleb') reader.sleb128();
  else if (layout.kind === 'string') reader.stringBytes();
  else if (layout.kind === 'block') reader.skip(readUnsigned(reader, layout.width, encoding));
  else reader.skip(layout.sizeBytes);
}

/** Names a type unit, in its header and in the references to it. */
export function signatureKey(bytes: Uint8Array): string {
  return bytes.join(' ');
}

/** An offset into another DWARF section: 4 bytes, or 8 in 64-bit DWARF. */
export function readOffset(reader: ByteReader, encoding: Pick<Encoding, 'offsetSizeBytes'>): number {
  return encoding.offsetSizeBytes === 8 ? reader.u64() : reader.u32();
}

/** An initial length (DWARF 5, 7.4): the size of what follows, and the size of offsets in it. */
export function readInitialLength(reader: ByteReader): {
  readonly sizeBytes: number;
  readonly offsetSizeBytes: number;
} {
  const sizeBytes = reader.u32();
  if (sizeBytes < 0xfffffff0) return { sizeBytes, offsetSizeBytes: 4 };
  if (sizeBytes !== 0xffffffff) throw reader.error('reserved unit length', reader.position - 4);
  return { sizeBytes: reader.u64(), offsetSizeBytes: 8 };
}

function formOf(reader: ByteReader, form: number): Form {
  const known = FORMS.get(form);
  if (known === undefined) throw reader.error(`unknown DWARF form 0x${form.toString(16)}`);
  return known;
}

/** The form itself stands before the value; it can't be one whose value is kept with the abbreviation. */
function readIndirect(reader: ByteReader): number {
  const form = reader.uleb128();
  if (form === DW_FORM_indirect || form === DW_FORM_implicit_const)
    throw reader.error('indirect form of an indirect form');
  return form;
}

function readUnsigned(reader: ByteReader, width: Width, encoding: Encoding): number {
  switch (width) {
    case 0:
      return 0;
    case 1:
      return reader.u8();
    case 2:
      return reader.u16();
    case 3:
      return reader.u24();
    case 4:
      return reader.u32();
    case 8:
      return reader.u64();
    case 'uleb':
      return reader.uleb128();
    case 'offset':
      return readOffset(reader, encoding);
    case 'ref_addr':
      // DWARF 2 gave this reference the size of an address.
      return encoding.version === 2 ? reader.u32() : readOffset(reader, encoding);
  }
}

function meaningOf(form: number, meaning: RawValue['kind'], number: number): RawValue {
  switch (meaning) {
    case 'address':
      return { kind: 'address', value: number };
    case 'address-index':
      return { kind: 'address-index', index: number };
    case 'range-list-index':
      return { kind: 'range-list-index', index: number };
    case 'text-index':
      return { kind: 'text-index', index: number };
    case 'text-offset':
      return {
        kind: 'text-offset',
        section: form === DW_FORM_line_strp ? '.debug_line_str' : '.debug_str',
        offset: number,
      };
    case 'unit-reference':
      return { kind: 'unit-reference', offset: number };
    case 'reference':
      return { kind: 'reference', offset: number };
    case 'number':
      return { kind: 'number', value: number };
    default:
      return { kind: 'elsewhere' };
  }
}
