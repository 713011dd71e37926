import {
  memorySink,
  memorySource,
  openTrace,
  type RegisterValues,
  type TextScreen,
  type TraceEvent,
  type TraceReader,
  TraceWriter,
  WRITE_ORIGINS,
  type WriteOrigin,
} from '../../../traces/index.ts';
import { text, tinyElf, u16, u32 } from '../symbols/tiny-elf.ts';

/** A symbol of a made-up kernel. */
export interface SyntheticSymbol {
  readonly name: string;
  readonly start: number;
  readonly sizeBytes: number;
  readonly kind: 'function' | 'object';
}

type Unplaced = TraceEvent extends infer Event
  ? Event extends TraceEvent
    ? Omit<Event, 'icount' | 'writes'>
    : never
  : never;

const TEXT_MEMORY = 0xb8000;
const REGISTERS: RegisterValues = {
  eax: 0, ecx: 0, edx: 0, ebx: 0, esp: 0, ebp: 0, esi: 0, edi: 0, eip: 0, eflags: 2,
  es: 0, cs: 8, ss: 16, ds: 16, fs: 0, gs: 0, cr0: 0, cr2: 0, cr3: 0, cr4: 0,
}; // biome-ignore format: a table

/** An ELF with these symbols: text from 0x9000, data from 0xa000, a page each. */
export function syntheticElf(symbols: readonly SyntheticSymbol[]): Uint8Array {
  const names: number[] = [0];
  const entries = symbols.flatMap(({ name, start, sizeBytes, kind }) => {
    const offset = names.push(...text(name)) - name.length - 1;
    const isFunction = kind === 'function';
    return [
      ...u32(offset),
      ...u32(start),
      ...u32(sizeBytes),
      0x10 | (isFunction ? 2 : 1),
      0,
      ...u16(isFunction ? 1 : 2),
    ];
  });
  const page = Array.from({ length: 4096 }, () => 0);
  return tinyElf([
    { name: '.text', bytes: page, flags: 6, start: 0x9000 },
    { name: '.data', bytes: page, flags: 3, start: 0xa000 },
    { name: '.symtab', bytes: [...new Array(16).fill(0), ...entries], type: 2, link: 4, entrySizeBytes: 16 },
    { name: '.strtab', bytes: names, type: 3 },
  ]);
}

/** Writes the trace of a made-up run: each call is one instruction of the function named. */
export class SyntheticRun {
  readonly screen = { characters: new Uint8Array(2000).fill(32), attributes: new Uint8Array(2000).fill(15) };
  private readonly sink = memorySink();
  private readonly writer: TraceWriter;
  private readonly symbols: ReadonlyMap<string, SyntheticSymbol>;
  icount = 0;
  private writes = 0;
  private call = 0;

  /** `isKernel`: the ELF is what is booted, too. */
  constructor(symbols: readonly SyntheticSymbol[], spec: Record<string, string | number> = {}, isKernel = false) {
    this.symbols = new Map(symbols.map((symbol) => [symbol.name, symbol]));
    const bytes = syntheticElf(symbols);
    const header = { scenario: 'boot', spec: { memoryBytes: 0x100_0000, ...spec }, generator: 'gilt test' };
    const file = { name: 'kernel.elf', sha256: digest(bytes), bytes } as const;
    const image = isKernel ? ([{ ...file, role: 'image' }] as const) : [];
    this.writer = new TraceWriter(this.sink, header, [...image, { ...file, role: 'symbols' }]);
  }

  /** The address of an instruction of a function, or of a byte of an object. */
  at(name: string, offset = 0): number {
    const symbol = this.symbols.get(name);
    if (symbol === undefined) throw new Error(`no symbol ${name}`);
    return symbol.start + offset;
  }

  store(by: string, linear: number, value: number, size: 1 | 2 | 4 = 4, origin: WriteOrigin = 'instruction'): void {
    this.storeAt(this.at(by, 4), linear, value, size, origin);
  }

  storeAt(eip: number, linear: number, value: number, size: 1 | 2 | 4 = 4, origin: WriteOrigin = 'instruction'): void {
    this.writer.writes({
      count: 1,
      icount: Float64Array.of(this.icount++),
      eip: Uint32Array.of(eip),
      linear: Uint32Array.of(linear),
      physical: Uint32Array.of(linear),
      value: Uint32Array.of(value),
      size: Uint8Array.of(size),
      origin: Uint8Array.of(WRITE_ORIGINS.indexOf(origin)),
    });
    this.writes++;
  }

  /** Puts code bytes where a function is, as a boot loader does. */
  load(linear: number, bytes: readonly number[]): void {
    for (const [i, byte] of bytes.entries()) this.storeAt(0, linear + i, byte, 1, 'firmware');
  }

  event(event: Unplaced): void {
    this.writer.event({ ...event, icount: this.icount++, writes: this.writes } as TraceEvent);
  }

  /** A probed call from inside the functions named, innermost first. */
  probe(name: string, args: readonly number[], result: number, ...callers: readonly string[]): number {
    const call = this.call++;
    const returns = callers.map((caller) => this.at(caller, 5));
    this.event({ kind: 'probe-call', probe: name, call, args, esp: 0x8000, ebp: 0, callers: returns });
    this.event({ kind: 'probe-return', probe: name, call, result });
    return result;
  }

  /** Puts characters on the screen, one store per cell. */
  draw(by: string, row: number, column: number, characters: string, attribute = 15): void {
    for (const [i, character] of [...characters].entries()) {
      const cell = row * 80 + column + i;
      this.screen.characters[cell] = character.charCodeAt(0);
      this.screen.attributes[cell] = attribute;
      this.store(by, TEXT_MEMORY + cell * 2, character.charCodeAt(0) | (attribute << 8), 2);
    }
  }

  capture(name: string): void {
    const { characters, attributes } = this.screen;
    const screen: TextScreen = {
      columns: 80,
      rows: 25,
      characters: characters.slice(),
      attributes: attributes.slice(),
    };
    this.event({ kind: 'screen', name, screen });
  }

  stop(reason: Extract<TraceEvent, { kind: 'stop' }>['reason'] = { kind: 'deadline' }, eip = 0x9004): TraceReader {
    this.event({ kind: 'stop', reason, registers: { ...REGISTERS, eip } });
    this.writer.close();
    return openTrace(memorySource(this.sink.bytes(), 'made-up trace'));
  }
}

// Any 64 hex digits that follow from the bytes will do.
function digest(bytes: Uint8Array): string {
  let hash = 7;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) >>> 0;
  return hash.toString(16).padStart(64, '0');
}
