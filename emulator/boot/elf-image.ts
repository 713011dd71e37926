/** Loading of 32-bit ELF executables. Source: System V ABI, chapters 4 and 5, with its Intel386 supplement. */
import { ByteView } from './byte-view.ts';
import type { Load } from './load.ts';

const MAGIC = 0x464c457f;
const CLASS_32 = 1;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const TYPE_EXECUTABLE = 2;
const TYPE_SHARED = 3;
const MACHINES = [3, 6]; // i386, i486
const PROGRAM_HEADER_BYTES = 32;
const SECTION_HEADER_BYTES = 40;
const SEGMENT_LOAD = 1;
const SEGMENT_INTERPRETER = 3;
const SEGMENT_EXECUTABLE = 1;

interface Segment extends Load {
  readonly linear: number;
  readonly isExecutable: boolean;
}

/** The section headers as they lie in the file. */
export interface SectionHeaders {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly namesIndex: number;
}

export interface ElfImage {
  readonly loads: readonly Load[];
  readonly entry: number; // physical
  /** Undefined in a file that was stripped of them. */
  readonly sections: SectionHeaders | undefined;
}

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new ByteView(bytes, '').u32(0) === MAGIC;
}

/** Errors: OperatingError for what is no 32-bit x86 executable, or is damaged. */
export function readElf(bytes: Uint8Array, name: string): ElfImage {
  const file = new ByteView(bytes, name);
  requireExecutable(file);
  const segments = readSegments(file);
  if (segments.length === 0) file.reject('an ELF file with nothing to load');
  return { loads: segments, entry: physicalEntry(file.u32(24), segments), sections: readSectionHeaders(file) };
}

function requireExecutable(file: ByteView): void {
  const [fileClass, order, type, machine] = [file.u8(4), file.u8(5), file.u16(16), file.u16(18)];
  if (fileClass === CLASS_64) file.reject('a 64-bit ELF file; the processor here has no long mode');
  if (fileClass !== CLASS_32 || order !== LITTLE_ENDIAN) file.reject('an ELF file, but not a 32-bit little-endian one');
  if (!MACHINES.includes(machine)) file.reject(`an ELF file for machine ${machine}, not for the i386 (3)`);
  if (type !== TYPE_EXECUTABLE && type !== TYPE_SHARED) file.reject('an ELF file that is not linked');
}

function readSegments(file: ByteView): readonly Segment[] {
  const [first, entryBytes, count] = [file.u32(28), file.u16(42), file.u16(44)];
  if (count > 0 && entryBytes !== PROGRAM_HEADER_BYTES) file.reject('an ELF file with program headers of an odd size');
  return Array.from({ length: count }, (_, index) => first + index * PROGRAM_HEADER_BYTES).flatMap((at) => {
    const sizeBytes = file.u32(at + 20);
    if (file.u32(at) === SEGMENT_INTERPRETER) file.reject('an ELF program that wants an operating system to link it');
    if (file.u32(at) !== SEGMENT_LOAD || sizeBytes === 0) return [];
    const bytes = file.slice(file.u32(at + 4), file.u32(at + 16));
    if (bytes.length > sizeBytes) file.reject('an ELF segment is larger in the file than in memory');
    const isExecutable = (file.u32(at + 24) & SEGMENT_EXECUTABLE) !== 0;
    return [{ linear: file.u32(at + 8), physical: file.u32(at + 12), bytes, sizeBytes, isExecutable }];
  });
}

/** A kernel that runs elsewhere than it is loaded names its entry by the linear address; it begins before paging does. */
function physicalEntry(entry: number, segments: readonly Segment[]): number {
  const home = segments.find(
    ({ linear, sizeBytes, isExecutable }) => isExecutable && entry >= linear && entry < linear + sizeBytes,
  );
  return home === undefined ? entry : (entry - home.linear + home.physical) >>> 0;
}

function readSectionHeaders(file: ByteView): SectionHeaders | undefined {
  const [first, entryBytes, count, namesIndex] = [file.u32(32), file.u16(46), file.u16(48), file.u16(50)];
  const sizeBytes = count * SECTION_HEADER_BYTES;
  const isThere = count > 0 && entryBytes === SECTION_HEADER_BYTES && first + sizeBytes <= file.bytes.length;
  return isThere ? { bytes: file.slice(first, sizeBytes), count, namesIndex } : undefined;
}
