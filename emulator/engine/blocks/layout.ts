import { assert } from '../../base/assert.ts';
import type { Cpu } from '../../cpu/cpu.ts';

/** Blocks that can be compiled before everything compiled is thrown away. */
export const BLOCKS_AT_MOST = 1 << 16;
/** What a block needs that must not run any more: more than any budget. */
export const NEVER = 0x7fffffff;

/** Byte offsets in the arena of all that compiled code touches. */
export interface Layout {
  readonly state: number;
  readonly tlb: number;
  readonly ram: number;
  readonly lineMarks: number;
  readonly dirtyPages: number;
  /** Whether stores are recorded: then they go into the columns of the write log. */
  readonly isRecording: boolean;
  readonly rowCell: number;
  readonly icount: number;
  readonly eip: number;
  readonly linear: number;
  readonly physical: number;
  readonly value: number;
  readonly size: number;
  readonly origin: number;
  /** An f64: the icount at which the budget will be 0. */
  readonly end: number;
  /** An i32: how many instructions of the block in which a function left had been taken off the budget but didn't run. */
  readonly unused: number;
  /** An x87 operand or result on its way between memory and the stack of registers: three i32. */
  readonly scratch: number;
  /** An i32: the bits of the status word that a store to memory raises. */
  readonly raised: number;
  /** An i32 for each block: the budget that it needs to be entered. */
  readonly needs: number;
}

/** Where the parts of the machine lie. Takes room in the arena for the engine's own cells. */
export function layOut({ state, access, pins }: Cpu): Layout {
  const { memory, writeLog } = pins;
  const { columns, rowCell } = writeLog;
  assert(columns.icount.buffer === memory.arena.buffer, 'the write log lies elsewhere than in the arena');
  return {
    state: state.i32.byteOffset,
    tlb: access.translation.tlb.entries.byteOffset,
    ram: memory.bytes.byteOffset,
    lineMarks: memory.lineMarks.byteOffset,
    dirtyPages: memory.dirtyPages.byteOffset,
    isRecording: writeLog.isRecording,
    rowCell: rowCell.byteOffset,
    icount: columns.icount.byteOffset,
    eip: columns.eip.byteOffset,
    linear: columns.linear.byteOffset,
    physical: columns.physical.byteOffset,
    value: columns.value.byteOffset,
    size: columns.size.byteOffset,
    origin: columns.origin.byteOffset,
    end: memory.arena.take(8),
    unused: memory.arena.take(4),
    scratch: memory.arena.take(12),
    raised: memory.arena.take(4),
    needs: memory.arena.take(BLOCKS_AT_MOST * 4),
  };
}
