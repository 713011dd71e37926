// Lists of code ranges: .debug_rnglists (DWARF 5, 2.17.3 and 7.25) and .debug_ranges of DWARF 2 to 4 (DWARF 4, 2.17.3).
import { ByteReader } from '../byte-reader.ts';
import type { Bases, DebugSections } from './debug-sections.ts';
import { readOffset } from './forms.ts';
import type { Unit } from './units.ts';

/** Linear addresses, `end` exclusive. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

const HIGHEST = 0xffff_ffff;
const DW_RLE_end_of_list = 0;
const DW_RLE_base_addressx = 1;
const DW_RLE_startx_endx = 2;
const DW_RLE_startx_length = 3;
const DW_RLE_offset_pair = 4;
const DW_RLE_base_address = 5;
const DW_RLE_start_end = 6;
const DW_RLE_start_length = 7;

/** The ranges of the list at an offset of the unit's section of lists. */
export function readRangeList(sections: DebugSections, unit: Unit, bases: Bases, offset: number): readonly CodeRange[] {
  return unit.encoding.version >= 5
    ? readEntries(sections, bases, readerAt(sections, '.debug_rnglists', offset))
    : readPairs(bases, readerAt(sections, '.debug_ranges', offset));
}

/** Where the list with this index begins: the offsets of a unit's lists stand at its base. */
export function rangeListOffset(sections: DebugSections, unit: Unit, bases: Bases, index: number): number {
  const reader = readerAt(sections, '.debug_rnglists', bases.rangeLists);
  reader.skip(index * unit.encoding.offsetSizeBytes);
  return bases.rangeLists + readOffset(reader, unit.encoding);
}

function readerAt(sections: DebugSections, name: string, offset: number): ByteReader {
  const reader = new ByteReader(sections.source(name));
  reader.skip(offset);
  return reader;
}

function readPairs(bases: Bases, reader: ByteReader): readonly CodeRange[] {
  const ranges: CodeRange[] = [];
  let base = bases.code;
  for (;;) {
    const [start, end] = [reader.u32(), reader.u32()];
    if (start === 0 && end === 0) return ranges;
    if (start === HIGHEST) base = end;
    else add(ranges, base + start, base + end);
  }
}

function readEntries(sections: DebugSections, bases: Bases, reader: ByteReader): readonly CodeRange[] {
  const ranges: CodeRange[] = [];
  const indexed = () => sections.address(reader.uleb128(), bases);
  let base = bases.code;
  for (;;) {
    const at = reader.position;
    const kind = reader.u8();
    if (kind === DW_RLE_end_of_list) return ranges;
    if (kind === DW_RLE_base_address) base = reader.u32();
    else if (kind === DW_RLE_base_addressx) base = indexed();
    else if (kind === DW_RLE_offset_pair) add(ranges, base + reader.uleb128(), base + reader.uleb128());
    else if (kind === DW_RLE_start_end) add(ranges, reader.u32(), reader.u32());
    else if (kind === DW_RLE_startx_endx) add(ranges, indexed(), indexed());
    else if (kind === DW_RLE_start_length) addLength(ranges, reader.u32(), reader.uleb128());
    else if (kind === DW_RLE_startx_length) addLength(ranges, indexed(), reader.uleb128());
    else throw reader.error(`unknown kind ${kind} of range list entry`, at);
  }
}

function addLength(ranges: CodeRange[], start: number, sizeBytes: number): void {
  add(ranges, start, start + sizeBytes);
}

function add(ranges: CodeRange[], start: number, end: number): void {
  if (start < end && end <= 2 ** 32) ranges.push({ start, end });
}
