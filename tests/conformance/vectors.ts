import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** Modes a vector runs in; README.md gives the segments of each. */
export type VectorMode = 'real16' | 'prot32' | 'prot16' | 'v86' | 'user32' | 'aligned32' | 'paged32' | 'userpaged32';

/** `general` in encoding order (EAX ECX EDX EBX ESP EBP ESI EDI), `segments` in encoding order (ES CS SS DS FS GS). */
export interface VectorRegisters {
  readonly general: readonly number[];
  readonly eip: number;
  readonly eflags: number;
  readonly segments: readonly number[];
}

export interface MemoryRange {
  readonly physical: number;
  readonly bytes: Uint8Array;
}

export interface VectorException {
  readonly vector: number;
  readonly errorCode: number | undefined;
  /** CR2, of a page fault. */
  readonly linear: number | undefined;
}

/** An entry of the page table; `pte` maps the page to itself. */
export interface VectorPage {
  readonly number: number;
  readonly pte: number;
}

/** One instruction, the state it starts in and the state it must leave. `memoryAfter` has the ranges of `memoryBefore`. */
export interface Vector {
  readonly index: number;
  readonly form: string;
  readonly mode: VectorMode;
  readonly code: Uint8Array;
  readonly before: VectorRegisters;
  readonly memoryBefore: readonly MemoryRange[];
  /** Where paging is on: the pages of the ranges and of the code. The others are writable and the user's. */
  readonly pagesBefore: readonly VectorPage[];
  readonly after: VectorRegisters;
  readonly memoryAfter: readonly MemoryRange[];
  readonly pagesAfter: readonly VectorPage[];
  /** Raised instead of or by the instruction; `after` is then the state its handler would be entered from. */
  readonly exception: VectorException | undefined;
  /** EFLAGS bits that the manual leaves undefined here. */
  readonly undefinedFlags: number;
  /** A REP instruction: run until EIP leaves it or an exception is raised. */
  readonly isRepeated: boolean;
}

/** `cr0` is beside PE, ET and TS. */
export interface ModeState {
  readonly name: VectorMode;
  readonly segments: readonly number[];
  readonly cpl: number;
  readonly cr0: number;
}

export interface VectorFile {
  readonly gdtPhysical: number;
  readonly gdt: Uint8Array;
  readonly modes: ReadonlyMap<VectorMode, ModeState>;
  /** SS and ESP of CPL 0. */
  readonly innerStack: readonly [number, number];
  readonly pageDirectory: number;
  readonly pageTable: number;
  readonly count: number;
  modeOf(index: number): VectorMode;
  at(index: number): Vector;
}

interface Columns {
  readonly form: readonly number[];
  readonly mode: readonly number[];
  readonly code: readonly string[];
  readonly file: readonly number[];
  readonly registers: readonly (readonly number[])[];
  readonly eip: readonly number[];
  readonly eflags: readonly number[];
  readonly segments: readonly (readonly number[])[];
  readonly fill: readonly number[];
  readonly windows: readonly (readonly number[])[];
  readonly pokes: readonly (readonly (number | string)[])[];
  readonly pages: readonly (readonly number[])[];
  readonly isRepeated: readonly number[];
  readonly registersAfter: readonly (readonly number[])[];
  readonly eipAfter: readonly number[];
  readonly eflagsAfter: readonly number[];
  readonly segmentsAfter: readonly (readonly number[])[];
  readonly memoryAfter: readonly (readonly (number | string)[])[];
  readonly pagesAfter: readonly (readonly number[])[];
  readonly exception: readonly (readonly number[])[];
  readonly undefinedFlags: readonly number[];
}

interface Stored {
  readonly format: number;
  readonly pattern: string;
  readonly files: readonly (readonly number[])[];
  readonly gdtAddress: number;
  readonly gdt: string;
  readonly modes: readonly ModeState[];
  readonly innerStack: readonly [number, number];
  readonly pageDirectory: number;
  readonly pageTable: number;
  readonly forms: readonly string[];
  readonly columns: Columns;
}

function readStored(): Stored {
  const packed = readFileSync(new URL('./vectors.json.br', import.meta.url));
  const stored = JSON.parse(brotliDecompressSync(packed).toString('utf8')) as Stored;
  if (stored.format !== 2) throw new Error(`vectors.json.br has format ${stored.format}, this loader reads 2`);
  return stored;
}

/** Reads vectors.json.br; its columns are described in README.md. A vector is expanded when it is asked for. */
export function loadVectors(): VectorFile {
  const stored = readStored();
  const pattern = bytesOf(stored.pattern);
  return {
    gdtPhysical: stored.gdtAddress,
    gdt: bytesOf(stored.gdt),
    modes: new Map(stored.modes.map((mode) => [mode.name, mode])),
    innerStack: stored.innerStack,
    pageDirectory: stored.pageDirectory,
    pageTable: stored.pageTable,
    count: stored.columns.code.length,
    modeOf: (index) => stored.modes[stored.columns.mode[index]].name,
    at: (index) => vectorAt(stored, pattern, index),
  };
}

/** The different instructions of a mode, in order: those of every `stride`-th vector, which has nearly every form. */
export function loadInstructions(mode: VectorMode, stride: number): readonly Uint8Array[] {
  const { modes, columns } = readStored();
  const number = modes.findIndex(({ name }) => name === mode);
  const codes = columns.code.filter((_, index) => columns.mode[index] === number).filter((_, at) => at % stride === 0);
  return [...new Set(codes)].sort().map(bytesOf);
}

function vectorAt(stored: Stored, pattern: Uint8Array, index: number): Vector {
  const row = stored.columns;
  const mode = stored.modes[row.mode[index]];
  const general = withChanges(stored.files[row.file[index]], row.registers[index]);
  const segments = withChanges(mode.segments, row.segments[index]);
  const eip = row.eip[index];
  const memoryBefore = withPokes(filled(row.windows[index], pattern, row.fill[index]), row.pokes[index]);
  const [vector, errorCode, linear] = row.exception[index];
  const eflags = row.eflags[index];
  const pagesBefore = pagesOf(row.pages[index]);
  return {
    index,
    form: stored.forms[row.form[index]],
    mode: mode.name,
    code: bytesOf(row.code[index]),
    before: { general, eip, eflags, segments },
    memoryBefore,
    pagesBefore,
    after: {
      general: withChanges(general, row.registersAfter[index]),
      eip: (eip + row.eipAfter[index]) >>> 0,
      eflags: eflags + row.eflagsAfter[index],
      segments: withChanges(segments, row.segmentsAfter[index]),
    },
    memoryAfter: withPokes(memoryBefore, row.memoryAfter[index]),
    pagesAfter: pagesBefore.map((page, i) => ({ ...page, pte: (page.number << 12) | row.pagesAfter[index][i] })),
    exception: vector === undefined ? undefined : { vector, errorCode, linear },
    undefinedFlags: row.undefinedFlags[index],
    isRepeated: row.isRepeated[index] === 1,
  };
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** `changes` is index, value, index, value ... */
function withChanges(values: readonly number[], changes: readonly number[]): readonly number[] {
  const result = [...values];
  for (let i = 0; i < changes.length; i += 2) result[changes[i]] = changes[i + 1];
  return result;
}

/** `pages` is page number, bits 0 to 11 of the PTE ... */
function pagesOf(pages: readonly number[]): readonly VectorPage[] {
  return Array.from({ length: pages.length / 2 }, (_, i) => ({
    number: pages[2 * i],
    pte: (pages[2 * i] << 12) | pages[2 * i + 1],
  }));
}

/** `windows` is physical address, length ...; the byte at address a is pattern[(a + fill) mod 256]. */
function filled(windows: readonly number[], pattern: Uint8Array, fill: number): readonly MemoryRange[] {
  const ranges: MemoryRange[] = [];
  for (let i = 0; i < windows.length; i += 2) {
    const physical = windows[i];
    const bytes = Uint8Array.from({ length: windows[i + 1] }, (_, at) => pattern[(physical + at + fill) & 0xff]);
    ranges.push({ physical, bytes });
  }
  return ranges;
}

/** `pokes` is physical address, hex bytes ... */
function withPokes(ranges: readonly MemoryRange[], pokes: readonly (number | string)[]): readonly MemoryRange[] {
  const result = ranges.map(({ physical, bytes }) => ({ physical, bytes: bytes.slice() }));
  for (let i = 0; i < pokes.length; i += 2) {
    const start = Number(pokes[i]);
    bytesOf(String(pokes[i + 1])).forEach((byte, at) => {
      const range = result.find((r) => start + at >= r.physical && start + at < r.physical + r.bytes.length);
      if (range === undefined) throw new Error(`poke at ${(start + at).toString(16)} is outside the vector's memory`);
      range.bytes[start + at - range.physical] = byte;
    });
  }
  return result;
}
