import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Modes a vector runs in; README.md gives the segments of each. */
export type VectorMode = 'real16' | 'prot32' | 'prot16';

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
}

/** One instruction, the state it starts in and the state it must leave. `memoryAfter` has the ranges of `memoryBefore`. */
export interface Vector {
  readonly index: number;
  readonly form: string;
  readonly mode: VectorMode;
  readonly code: Uint8Array;
  readonly before: VectorRegisters;
  readonly memoryBefore: readonly MemoryRange[];
  readonly after: VectorRegisters;
  readonly memoryAfter: readonly MemoryRange[];
  /** Raised instead of or by the instruction; `after` is then the state its handler would be entered from. */
  readonly exception: VectorException | undefined;
  /** EFLAGS bits that the manual leaves undefined here. */
  readonly undefinedFlags: number;
  /** A REP instruction: run until EIP leaves it or an exception is raised. */
  readonly isRepeated: boolean;
}

export interface VectorFile {
  readonly gdtPhysical: number;
  readonly gdt: Uint8Array;
  readonly vectors: readonly Vector[];
}

interface Columns {
  readonly form: readonly number[];
  readonly mode: readonly number[];
  readonly code: readonly string[];
  readonly registers: readonly (readonly number[])[];
  readonly eip: readonly number[];
  readonly eflags: readonly number[];
  readonly segments: readonly (readonly number[])[];
  readonly fill: readonly number[];
  readonly windows: readonly (readonly number[])[];
  readonly pokes: readonly (readonly (number | string)[])[];
  readonly isRepeated: readonly number[];
  readonly registersAfter: readonly (readonly number[])[];
  readonly eipAfter: readonly number[];
  readonly eflagsAfter: readonly number[];
  readonly segmentsAfter: readonly (readonly number[])[];
  readonly memoryAfter: readonly (readonly (number | string)[])[];
  readonly exception: readonly (readonly number[])[];
  readonly undefinedFlags: readonly number[];
}

interface Stored {
  readonly format: number;
  readonly pattern: string;
  readonly gdtAddress: number;
  readonly gdt: string;
  readonly modes: readonly { readonly name: VectorMode; readonly segments: readonly number[] }[];
  readonly forms: readonly string[];
  readonly columns: Columns;
}

/** Reads vectors.json.gz; its columns are described in README.md. */
export function loadVectors(): VectorFile {
  const packed = readFileSync(new URL('./vectors.json.gz', import.meta.url));
  const stored = JSON.parse(gunzipSync(packed).toString('utf8')) as Stored;
  if (stored.format !== 1) throw new Error(`vectors.json.gz has format ${stored.format}, this loader reads 1`);
  const pattern = bytesOf(stored.pattern);
  const vectors = stored.columns.code.map((_, index) => vectorAt(stored, pattern, index));
  return { gdtPhysical: stored.gdtAddress, gdt: bytesOf(stored.gdt), vectors };
}

function vectorAt(stored: Stored, pattern: Uint8Array, index: number): Vector {
  const row = stored.columns;
  const mode = stored.modes[row.mode[index]];
  const general = row.registers[index];
  const segments = withChanges(mode.segments, row.segments[index]);
  const eip = row.eip[index];
  const memoryBefore = withPokes(filled(row.windows[index], pattern, row.fill[index]), row.pokes[index]);
  const [vector, errorCode] = row.exception[index];
  return {
    index,
    form: stored.forms[row.form[index]],
    mode: mode.name,
    code: bytesOf(row.code[index]),
    before: { general, eip, eflags: row.eflags[index], segments },
    memoryBefore,
    after: {
      general: withChanges(general, row.registersAfter[index]),
      eip: (eip + row.eipAfter[index]) >>> 0,
      eflags: row.eflagsAfter[index],
      segments: withChanges(segments, row.segmentsAfter[index]),
    },
    memoryAfter: withPokes(memoryBefore, row.memoryAfter[index]),
    exception: vector === undefined ? undefined : { vector, errorCode },
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
