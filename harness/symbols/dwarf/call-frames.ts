// Call frame information: DWARF 5, 6.4; .eh_frame as in the Linux Standard Base 5.0, 10.6.
import { ByteReader } from '../byte-reader.ts';
import type { DebugSections } from './debug-sections.ts';
import { readInitialLength } from './forms.ts';
import { type CallFrame, runFrameProgram } from './frame-program.ts';

const EH_PE_OMIT = 0xff;
const EH_PE_PCREL = 0x10;
const EH_PE_SIZES: Readonly<Record<number, number>> = { 0: 4, 2: 2, 3: 4, 4: 8, 10: 2, 11: 4, 12: 8 };

/** What functions have in common: how their programs are to be read. */
interface CommonEntry {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly returnRegister: number;
  readonly program: ByteReader;
  readonly pointerEncoding: number; // of .eh_frame
  readonly hasAugmentationData: boolean;
}

interface FunctionEntry {
  readonly start: number;
  readonly end: number;
  readonly common: CommonEntry;
  readonly program: ByteReader;
}

/** How to find the caller of the function at an address, wherever the compiler says so. */
export class CallFrames {
  readonly #entries: readonly FunctionEntry[];

  /** `sectionStart` gives the linear address of a section, which pointers in .eh_frame are relative to. */
  constructor(sections: DebugSections, sectionStart: (name: string) => number) {
    const entries = [
      ...readSection(new ByteReader(sections.source('.debug_frame')), undefined),
      ...readSection(new ByteReader(sections.source('.eh_frame')), sectionStart('.eh_frame')),
    ];
    this.#entries = entries.sort((a, b) => a.start - b.start);
  }

  /** The frame of the function while it runs the instruction at `linear`. */
  at(linear: number): CallFrame | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle].start <= linear) low = middle + 1;
      else high = middle;
    }
    const entry = this.#entries[low - 1];
    if (entry === undefined || linear >= entry.end) return undefined;
    return runFrameProgram(entry.common, entry.common.program, entry.program, linear - entry.start);
  }
}

/** `ehStart` is the linear address of .eh_frame, undefined for .debug_frame. */
function readSection(reader: ByteReader, ehStart: number | undefined): FunctionEntry[] {
  const commons = new Map<number, CommonEntry>();
  const entries: FunctionEntry[] = [];
  while (!reader.isAtEnd) {
    const start = reader.position;
    const { sizeBytes, offsetSizeBytes } = readInitialLength(reader);
    if (sizeBytes === 0) continue; // ends .eh_frame, or pads it
    const entry = reader.part(sizeBytes);
    const idAt = entry.position;
    const id = offsetSizeBytes === 8 ? entry.u64() : entry.u32();
    if (isCommon(id, offsetSizeBytes, ehStart)) {
      commons.set(start, readCommon(entry));
      continue;
    }
    const common = commons.get(ehStart === undefined ? id : idAt - id);
    if (common === undefined) throw reader.error('a frame of no common entry', idAt);
    const read = readFunction(entry, common, ehStart);
    if (read.end > read.start) entries.push(read);
  }
  return entries;
}

function isCommon(id: number, offsetSizeBytes: number, ehStart: number | undefined): boolean {
  if (ehStart !== undefined) return id === 0;
  return offsetSizeBytes === 8 ? id >= 2 ** 64 - 2048 : id === 0xffff_ffff;
}

function readCommon(reader: ByteReader): CommonEntry {
  const version = reader.u8();
  const augmentation = String.fromCharCode(...reader.stringBytes());
  if (version >= 4) reader.skip(2); // sizes of addresses and segment selectors
  const codeAlign = reader.uleb128();
  const dataAlign = reader.sleb128();
  const returnRegister = version === 1 ? reader.u8() : reader.uleb128();
  const hasAugmentationData = augmentation.startsWith('z');
  const data = hasAugmentationData ? reader.part(reader.uleb128()) : undefined;
  const pointerEncoding = data === undefined ? 0 : pointerEncodingOf(augmentation, data);
  return { codeAlign, dataAlign, returnRegister, program: reader, pointerEncoding, hasAugmentationData };
}

function pointerEncodingOf(augmentation: string, data: ByteReader): number {
  let encoding = 0;
  for (const letter of augmentation.slice(1)) {
    if (letter === 'R') encoding = data.u8();
    else if (letter === 'L') data.skip(1);
    else if (letter === 'P') data.skip(EH_PE_SIZES[data.u8() & 0xf] ?? 4);
    else if (letter !== 'S') break;
  }
  return encoding;
}

function readFunction(reader: ByteReader, common: CommonEntry, ehStart: number | undefined): FunctionEntry {
  const { pointerEncoding, hasAugmentationData } = common;
  const isRelative =
    ehStart !== undefined && (pointerEncoding & 0x70) === EH_PE_PCREL && pointerEncoding !== EH_PE_OMIT;
  const origin = isRelative ? ehStart + reader.position : 0;
  const start = (origin + readPointer(reader, pointerEncoding)) >>> 0;
  const sizeBytes = readPointer(reader, pointerEncoding & 0xf) >>> 0;
  if (hasAugmentationData) reader.skip(reader.uleb128());
  return { start, end: start + sizeBytes, common, program: reader };
}

function readPointer(reader: ByteReader, encoding: number): number {
  const sizeBytes = EH_PE_SIZES[encoding & 0xf];
  if (sizeBytes === undefined) throw reader.error(`frame address of encoding 0x${encoding.toString(16)}`);
  if (sizeBytes === 2) return (encoding & 8) === 0 ? reader.u16() : (reader.u16() << 16) >> 16;
  return sizeBytes === 8 ? reader.u64() : reader.u32() | 0;
}
