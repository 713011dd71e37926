import { closeSync, openSync, writeSync } from 'node:fs';
import { type TraceEvent, TraceWriter, WRITE_ORIGINS, type WriteOrigin } from '../../traces/index.ts';
import { newColumns } from '../../traces/writes/write-decoder.ts';
import { type SyntheticSymbol, syntheticElf } from '../harness/lenses/synthetic-run.ts';

type Unplaced = TraceEvent extends infer Event
  ? Event extends TraceEvent
    ? Omit<Event, 'icount' | 'writes'>
    : never
  : never;

const ROWS = 4096;
const LOOP_INSTRUCTIONS = 3; // from one store to the next: with 1 they would be those of a REP instruction
const SYMBOLS: readonly SyntheticSymbol[] = [
  ...['clear', 'work', 'schedule', 'push'].map((name, i) => ({
    name,
    start: 0x9000 + 64 * i,
    sizeBytes: 64,
    kind: 'function' as const,
  })),
  { name: 'variables', start: 0xa000, sizeBytes: 256, kind: 'object' },
];
const CODE: Readonly<Record<string, readonly number[]>> = { clear: [0xf3, 0xab], work: [0xa3], push: [0x60] };
const REGISTERS = {
  eax: 0, ecx: 0, edx: 0, ebx: 0, esp: 0, ebp: 0, esi: 0, edi: 0, eip: 0x9000, eflags: 2,
  es: 0, cs: 8, ss: 16, ds: 16, fs: 0, gs: 0, cr0: 1, cr2: 0, cr3: 0, cr4: 0,
}; // biome-ignore format: a table

/** Writes the trace of a kernel that never ran, millions of rows in seconds. */
export class TraceMaker {
  private readonly file: number;
  private readonly writer: TraceWriter;
  private readonly columns = newColumns(ROWS);
  private rows = 0;
  private icount = 0;
  private written = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w');
    const sink = {
      write: (bytes: Uint8Array): void => {
        writeSync(this.file, bytes);
      },
    };
    const bytes = syntheticElf(SYMBOLS);
    const symbols = { role: 'symbols', name: 'kernel.elf', sha256: '0'.repeat(64), bytes } as const;
    const header = { scenario: 'made up', spec: { memoryBytes: 16 << 20 }, generator: 'gilt test' };
    this.writer = new TraceWriter(sink, header, [symbols]);
    this.load();
  }

  /** The address of a function or variable. */
  at(name: string): number {
    return SYMBOLS.find((symbol) => symbol.name === name)?.start ?? 0;
  }

  store(by: string, linear: number, value: number, size = 4, origin: WriteOrigin = 'instruction'): void {
    this.storeAt(this.at(by), linear, value, size, origin);
  }

  event(event: Unplaced): void {
    this.flush();
    this.writer.event({ ...event, icount: this.icount++, writes: this.written } as TraceEvent);
  }

  /** A call of a probe that returns at once. */
  probe(name: string, call: number, args: readonly number[], result: number, caller: string): void {
    const callers = [this.at(caller) + 5];
    this.event({ kind: 'probe-call', probe: name, call, args, esp: 0x9_0000, ebp: 0, callers });
    this.event({ kind: 'probe-return', probe: name, call, result });
  }

  close(): void {
    this.event({ kind: 'stop', reason: { kind: 'deadline' }, registers: REGISTERS });
    this.writer.close();
    closeSync(this.file);
  }

  private load(): void {
    for (const [name, bytes] of Object.entries(CODE)) {
      for (const [i, byte] of bytes.entries()) this.storeAt(0, this.at(name) + i, byte, 1, 'firmware');
    }
    this.event({ kind: 'control', register: 'cr0', value: 1, eip: this.at('work') });
  }

  private storeAt(eip: number, linear: number, value: number, size: number, origin: WriteOrigin): void {
    const { columns } = this;
    const row = this.rows++;
    columns.icount[row] = this.icount;
    this.icount += LOOP_INSTRUCTIONS;
    columns.eip[row] = eip;
    columns.linear[row] = linear;
    columns.physical[row] = linear;
    columns.value[row] = value;
    columns.size[row] = size;
    columns.origin[row] = WRITE_ORIGINS.indexOf(origin);
    if (this.rows === ROWS) this.flush();
  }

  private flush(): void {
    if (this.rows === 0) return;
    this.writer.writes({ ...this.columns, count: this.rows });
    this.written += this.rows;
    this.rows = 0;
  }
}
