import { NOTHING } from '../ide/task-file.ts';

/** Digital output register. */
export const [NOT_RESET, DMA_GATE] = [0x04, 0x08];
export const NOTHING_PENDING = -1;

/** What the 82077AA holds once it has power. */
export const POWER_ON = {
  output: NOT_RESET | DMA_GATE, // as firmware leaves it
  rate: 0,
  tape: 0,
  phase: 'command', // 'command', 'parameters', 'busy', 'in', 'out', 'result'
  command: 0,
  parameters: [] as readonly number[],
  results: [] as readonly number[],
  bytes: NOTHING, // of the sector that goes through the FIFO without DMA
  position: 0,
  // Where a transfer is.
  head: 0,
  sector: 0,
  lastSector: 0, // of the last command that named one
  // What SENSE INTERRUPT STATUS will say of each drive, -1 for nothing, and where the heads are.
  pending: [-1, -1, -1, -1] as readonly number[],
  cylinders: [0, 0, 0, 0] as readonly number[],
  hasChanged: 3, // a bit for each drive: nothing has stepped since the diskette came in
  isInterrupting: false,
  specified: [0xaf, 0x02] as readonly number[],
  configuration: 0,
  precompensation: 0,
  perpendicular: 0,
  isLocked: false,
};

export const PHASES: readonly string[] = ['command', 'parameters', 'busy', 'in', 'out', 'result'];
export type Phase = 'command' | 'parameters' | 'busy' | 'in' | 'out' | 'result';
