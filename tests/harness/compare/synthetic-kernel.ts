import { makeRunView, type RunView, type ViewConfig } from '../../../harness/lenses/index.ts';
import type { StopReason } from '../../../traces/index.ts';
import { SyntheticRun, type SyntheticSymbol } from '../lenses/synthetic-run.ts';

const FUNCTIONS = [
  'kernel_main', 'kalloc', 'create_page_directory', 'create_page_table', 'load_page_directory', 'enable_paging',
  'process_create', 'scheduler', 'end_of_interrupt', 'report_interrupt', 'put_cell', 'isr_common', 'process_a',
]; // biome-ignore format: a table
const OBJECTS = ['heap_base', 'current_process', 'processes', 'process_count', 'page_directory'];

/** The ways in which a made-up kernel can be wrong. */
export interface Faults {
  readonly grows?: number; // every request takes as many bytes more
  readonly isRepeating?: boolean; // the third call returns what the second did
  readonly flags?: number; // of all PTEs
  readonly wrongPage?: number; // the PTE with this index in the first table maps the frame after its own
  readonly tables?: number;
  readonly directoryEntries?: number; // how many PDEs are cleared
  readonly directoryOffset?: number; // CR3 is loaded with as much more
  readonly isPagingOff?: boolean;
  readonly blockBytes?: number; // of a process control block
  readonly skipped?: number; // this process is never scheduled
  readonly isEoiMissing?: boolean;
  readonly attribute?: number;
  readonly printedVector?: number;
  readonly movedBy?: number; // all functions and objects lie elsewhere: a benign change
  readonly stop?: StopReason;
}

const HEAP = 0x10_0000;

/** The run of a kernel that pages, creates four processes, switches between them and prints. */
export function syntheticKernel(faults: Faults = {}, config: ViewConfig = {}): RunView {
  const moved = faults.movedBy ?? 0;
  const symbols: SyntheticSymbol[] = [
    ...FUNCTIONS.map((name, i) => ({ name, start: 0x9000 + moved + i * 32, sizeBytes: 32, kind: 'function' as const })),
    ...OBJECTS.map((name, i) => ({ name, start: 0xa000 + moved + i * 16, sizeBytes: 16, kind: 'object' as const })),
  ];
  const run = new SyntheticRun(symbols);
  run.event({ kind: 'control', register: 'cr0', value: 0x11, eip: run.at('kernel_main') });
  const alloc = allocator(run, faults);
  buildPaging(run, faults, alloc);
  const blocks = createProcesses(run, faults, alloc);
  schedule(run, faults, blocks);
  run.event({ kind: 'interrupt', vector: 33, irq: 1, eip: run.at('process_a', 4) });
  run.store('isr_common', 0x8000, 33);
  run.draw('put_cell', 2, 0, `Interrupt ${faults.printedVector ?? 33}`, faults.attribute);
  run.capture('end');
  return makeRunView(run.stop(faults.stop, run.at('process_a', 4)), config);
}

type Alloc = (bytes: number, caller: string) => number;

function allocator(run: SyntheticRun, faults: Faults): Alloc {
  let base = HEAP;
  let calls = 0;
  let before = HEAP;
  return (bytes, caller) => {
    const isRepeat = faults.isRepeating === true && ++calls === 3;
    const result = isRepeat ? before : base;
    if (!isRepeat) base += bytes + (faults.grows ?? 0);
    before = result;
    run.store('kalloc', run.at('heap_base'), base);
    return run.probe('kalloc', [bytes], result, caller, 'kernel_main');
  };
}

function buildPaging(run: SyntheticRun, faults: Faults, alloc: Alloc): void {
  const directory = alloc(4096, 'create_page_directory');
  run.store('create_page_directory', run.at('page_directory'), directory);
  for (let i = 0; i < (faults.directoryEntries ?? 1024); i++) run.store('create_page_directory', directory + i * 4, 0);
  for (let number = 0; number < (faults.tables ?? 3); number++) {
    const table = alloc(4096, 'create_page_table');
    for (let i = 0; i < 1024; i++) {
      const page = number * 1024 + i + (number === 0 && i === faults.wrongPage ? 1 : 0);
      run.store('create_page_table', table + i * 4, (page * 4096) | (faults.flags ?? 3));
    }
    run.store('create_page_table', directory + number * 4, table | 3);
  }
  const frame = directory + (faults.directoryOffset ?? 0);
  run.event({ kind: 'control', register: 'cr3', value: frame, eip: run.at('load_page_directory', 4) });
  if (faults.isPagingOff) return;
  run.event({ kind: 'control', register: 'cr0', value: 0x8000_0011, eip: run.at('enable_paging', 4) });
}

function createProcesses(run: SyntheticRun, faults: Faults, alloc: Alloc): readonly number[] {
  const table = alloc(60, 'kernel_main');
  run.store('kernel_main', run.at('processes'), table);
  return [0, 1, 2, 3].map((pid) => {
    const block = alloc(faults.blockBytes ?? 48, 'process_create');
    run.store('process_create', block, pid);
    run.store('process_create', block + 4, run.at('process_a'));
    run.store('process_create', block + 44, 0x202);
    run.store('process_create', table + pid * 4, block);
    run.store('process_create', run.at('process_count'), pid + 1);
    return block;
  });
}

function schedule(run: SyntheticRun, faults: Faults, blocks: readonly number[]): void {
  const turns = blocks.filter((_, pid) => pid !== faults.skipped);
  for (let tick = 0; tick < 12; tick++) {
    run.event({ kind: 'interrupt', vector: 32, irq: 0, eip: run.at('process_a', 4) });
    run.store('isr_common', 0x8000, 32);
    run.store('scheduler', run.at('current_process'), turns[tick % turns.length]);
    if (faults.isEoiMissing) return;
    run.event({ kind: 'port-write', port: 0x20, size: 1, value: 0x20, eip: run.at('end_of_interrupt', 4) });
  }
}
