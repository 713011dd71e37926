// Unit headers of .debug_info: DWARF 5, 7.5.1; DWARF 2 to 4 have one kind of unit and another order.
import { ByteReader, type ByteSource } from '../byte-reader.ts';
import { type Encoding, readInitialLength, readOffset, signatureKey } from './forms.ts';

const DW_UT_type = 0x02;
const DW_UT_skeleton = 0x04;
const DW_UT_split_compile = 0x05;
const DW_UT_split_type = 0x06;
const ADDRESS_SIZE_BYTES = 4;

/** Offsets count from the start of .debug_info. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly firstDie: number;
  readonly abbreviations: number;
  readonly encoding: Encoding;
  /** Only for a type unit: its name, and where its type is. */
  readonly type: { readonly signature: string; readonly offset: number } | undefined;
}

export function readUnits(source: ByteSource): readonly Unit[] {
  const reader = new ByteReader(source);
  const units: Unit[] = [];
  while (!reader.isAtEnd) {
    const start = reader.position;
    const { sizeBytes, offsetSizeBytes } = readInitialLength(reader);
    units.push(readHeader(reader.part(sizeBytes), start, offsetSizeBytes));
  }
  return units;
}

function readHeader(reader: ByteReader, start: number, offsetSizeBytes: number): Unit {
  const version = reader.u16();
  if (version < 2 || version > 5) throw reader.error(`unit of DWARF version ${version}, 2 to 5 are known`, start);
  const encoding = { version, offsetSizeBytes };
  const unitType = version === 5 ? reader.u8() : undefined;
  if (unitType !== undefined) checkAddressSize(reader);
  const abbreviations = readOffset(reader, encoding);
  if (unitType === undefined) checkAddressSize(reader);
  if (unitType === DW_UT_skeleton || unitType === DW_UT_split_compile) reader.skip(8);
  let type: Unit['type'];
  if (unitType === DW_UT_type || unitType === DW_UT_split_type) {
    const signature = signatureKey(reader.slice(8));
    type = { signature, offset: start + readOffset(reader, encoding) };
  }
  return { start, end: reader.end, firstDie: reader.position, abbreviations, encoding, type };
}

function checkAddressSize(reader: ByteReader): void {
  const size = reader.u8();
  if (size !== ADDRESS_SIZE_BYTES) throw reader.error(`unit with ${size}-byte addresses`, reader.position - 1);
}
