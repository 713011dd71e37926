import { ORIGIN_TASK_SWITCH } from '../../memory/write-log.ts';
import { VECTOR_TS } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { TLB_READ_SUPERVISOR, TLB_WRITE_SUPERVISOR } from '../paging/tlb.ts';
import { reject, TYPE_32_BIT } from '../segments/descriptor.ts';
import * as S from '../state.ts';

/** Offsets in a TSS. Source: SDM vol. 3A, figures 7-2 (32-bit) and 7-10 (16-bit). */
interface TaskLayout {
  readonly size: 2 | 4;
  /** A TSS whose limit is lower is invalid. */
  readonly minimumLimit: number;
  readonly eip: number;
  readonly registers: number;
  readonly segments: number;
  /** In encoding order from ES; the 16-bit TSS has no FS and GS. */
  readonly segmentCount: number;
  readonly localTable: number;
  /** First and last byte that a switch away saves. */
  readonly saved: readonly [number, number];
}

const LAYOUT_32: TaskLayout = {
  size: 4,
  minimumLimit: 0x67,
  eip: 0x20,
  registers: 0x28,
  segments: 0x48,
  segmentCount: 6,
  localTable: 0x60,
  saved: [0x20, 0x5d],
};
const LAYOUT_16: TaskLayout = {
  size: 2,
  minimumLimit: 0x2b,
  eip: 0x0e,
  registers: 0x12,
  segments: 0x22,
  segmentCount: 4,
  localTable: 0x2a,
  saved: [0x0e, 0x29],
};
const PAGE_DIRECTORY = 0x1c;
const TRAP_WORD = 0x64;

export function taskLayout(rights: number): TaskLayout {
  return (rights & TYPE_32_BIT) !== 0 ? LAYOUT_32 : LAYOUT_16;
}

/** What a task switch loads; registers and segments in encoding order. */
export interface TaskState {
  /** Absent in a 16-bit TSS. */
  readonly cr3: number | undefined;
  readonly eip: number;
  readonly eflags: number;
  readonly registers: readonly number[];
  readonly segments: readonly number[];
  readonly localTable: number;
  /** The T bit, which a 16-bit TSS lacks. */
  readonly isTrapping: boolean;
}

/** Raises the page fault that reading a TSS would raise. */
export function probeTaskLoad(cpu: Cpu, base: number, rights: number): boolean {
  return cpu.access.translation.probe(base, taskLayout(rights).minimumLimit + 1, TLB_READ_SUPERVISOR);
}

/** Reads a TSS, which has been probed, as supervisor. The fields of a 16-bit TSS are zero-extended. */
export function readTask(cpu: Cpu, base: number, rights: number): TaskState {
  const layout = taskLayout(rights);
  const { size } = layout;
  const field = (offset: number): number => cpu.access.readSystem((base + offset) | 0, size);
  const selector = (offset: number): number => cpu.access.readSystem((base + offset) | 0, 2);
  return {
    cr3: size === 4 ? field(PAGE_DIRECTORY) : undefined,
    eip: field(layout.eip),
    eflags: field(layout.eip + size),
    registers: Array.from({ length: 8 }, (_, i) => field(layout.registers + i * size)),
    segments: Array.from({ length: 6 }, (_, i) => (i < layout.segmentCount ? selector(layout.segments + i * size) : 0)),
    localTable: selector(layout.localTable),
    isTrapping: size === 4 && (selector(TRAP_WORD) & 1) !== 0,
  };
}

/** Raises the fault that saving into the current TSS would raise: #TS when it is too short, #PF. */
export function probeTaskSave(cpu: Cpu): boolean {
  const { s } = cpu;
  const [first, last] = taskLayout(s[S.RIGHTS + S.TR]).saved;
  if (last > s[S.LIMIT + S.TR] >>> 0) {
    reject(cpu, VECTOR_TS, s[S.SELECTOR + S.TR]);
    return false;
  }
  return cpu.access.translation.probe((s[S.BASE + S.TR] + first) | 0, last - first + 1, TLB_WRITE_SUPERVISOR);
}

/** Saves registers, segments, EIP and EFLAGS into the current TSS, which has been probed. */
export function saveTask(cpu: Cpu, eip: number, eflags: number): void {
  const { s } = cpu;
  const base = s[S.BASE + S.TR];
  const { size, ...layout } = taskLayout(s[S.RIGHTS + S.TR]);
  asTaskSwitch(cpu, () => {
    cpu.access.writeSystem((base + layout.eip) | 0, size, eip);
    cpu.access.writeSystem((base + layout.eip + size) | 0, size, eflags);
    for (let i = 0; i < 8; i++) {
      cpu.access.writeSystem((base + layout.registers + i * size) | 0, size, s[S.EAX + i]);
    }
    for (let i = 0; i < layout.segmentCount; i++) {
      cpu.access.writeSystem((base + layout.segments + i * size) | 0, 2, s[S.SELECTOR + i]);
    }
  });
}

/** Writes the back link at the start of a TSS. */
export function writeBackLink(cpu: Cpu, base: number, selector: number): void {
  asTaskSwitch(cpu, () => cpu.access.writeSystem(base, 2, selector));
}

function asTaskSwitch(cpu: Cpu, write: () => void): void {
  const log = cpu.pins.writeLog;
  const origin = log.currentOrigin;
  log.currentOrigin = ORIGIN_TASK_SWITCH;
  write();
  log.currentOrigin = origin;
}
