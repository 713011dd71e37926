/**
 * Hardware task switch between 16-bit and 32-bit TSSs. Source: SDM vol. 3A, 7.2 and 7.3.
 */
import { CR0_PG, CR0_TS, FLAG_NT, FLAG_RF, FLAG_VM, VECTOR_GP, VECTOR_NP, VECTOR_TS } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { DR6_TASK_SWITCH, DR7, DR7_LOCAL } from '../debug/debug-registers.ts';
import { FLAGS_LOADABLE } from '../flags/flags-image.ts';
import { TLB_WRITE_SUPERVISOR } from '../paging/tlb.ts';
import {
  type Descriptor,
  fetchDescriptor,
  findDescriptor,
  isCode,
  isConforming,
  isNull,
  isPresent,
  markAccessed,
  markBusy,
  probeMark,
  reject,
  systemType,
  TSS_BUSY,
  TYPE_LDT,
  TYPE_TSS_16,
  TYPE_TSS_16_BUSY,
  TYPE_TSS_32,
  TYPE_TSS_32_BUSY,
} from '../segments/descriptor.ts';
import { setSegment } from '../segments/segment-cache.ts';
import {
  fetchDataSegment,
  fetchStackSegment,
  isWithinCode,
  loadRealSegment,
  setCode,
  setFromDescriptor,
} from '../segments/segments.ts';
import * as S from '../state.ts';
import { loadPageDirectory } from '../system/control-registers.ts';
import { setCpl } from '../system/privilege.ts';
import {
  probeTaskLoad,
  probeTaskSave,
  readTask,
  saveTask,
  type TaskState,
  taskLayout,
  writeBackLink,
} from './task-state.ts';

/** `call` nests: interrupts and exceptions through task gates do, too. */
export type TaskSwitchKind = 'jump' | 'call' | 'return';

const IN_LDT = 4;

/** Where the old task goes on, and whether a fault interrupts it, which sets RF in what is saved. */
export interface Departure {
  readonly eip: number;
  readonly isFault: boolean;
}

/** JMP, CALL, interrupt or exception through a task gate whose privilege was checked. */
export function switchThroughGate(cpu: Cpu, gate: Descriptor, kind: 'jump' | 'call', departure: Departure): void {
  if (!isPresent(gate)) {
    reject(cpu, VECTOR_NP, gate.selector);
    return;
  }
  const task = fetchDescriptor(cpu, gate.gateSelector, VECTOR_GP);
  if (task !== undefined) switchToTask(cpu, task, kind, departure);
}

/** Switches to an available TSS; raises #GP, #NP or #TS in the old task, other faults in the new one. */
export function switchToTask(cpu: Cpu, task: Descriptor, kind: 'jump' | 'call', departure: Departure): void {
  const type = systemType(task);
  const isAvailable = type === TYPE_TSS_16 || type === TYPE_TSS_32;
  if (!isAvailable || (task.selector & IN_LDT) !== 0) reject(cpu, VECTOR_GP, task.selector);
  else switchTask(cpu, task, kind, departure);
}

/** IRET with NT set: back to the busy task that the back link names. */
export function returnToTask(cpu: Cpu, savedEip: number): void {
  const selector = cpu.access.readSystem(cpu.s[S.BASE + S.TR], 2);
  if (cpu.isFaulted) return;
  const task = fetchDescriptor(cpu, selector, VECTOR_TS);
  if (task === undefined) return;
  const type = systemType(task);
  const isBusy = type === TYPE_TSS_16_BUSY || type === TYPE_TSS_32_BUSY;
  if (!isBusy || (selector & IN_LDT) !== 0) reject(cpu, VECTOR_TS, selector);
  else switchTask(cpu, task, 'return', { eip: savedEip, isFault: false });
}

function switchTask(cpu: Cpu, task: Descriptor, kind: TaskSwitchKind, departure: Departure): void {
  if (!isPresent(task)) {
    reject(cpu, VECTOR_NP, task.selector);
    return;
  }
  if (task.limit < taskLayout(task.rights).minimumLimit) {
    reject(cpu, VECTOR_TS, task.selector);
    return;
  }
  const outgoing = kind === 'call' ? undefined : findDescriptor(cpu, cpu.s[S.SELECTOR + S.TR]);
  if (!canSwitch(cpu, task, outgoing, kind)) return;
  leaveTask(cpu, task, outgoing, kind, departure);
  // Read only now: two descriptors may share one TSS.
  enterTask(cpu, task, readTask(cpu, task.base, task.rights), kind);
}

/** Raises whatever page fault the writes of the switch would raise, while the old task is still whole. */
function canSwitch(cpu: Cpu, task: Descriptor, outgoing: Descriptor | undefined, kind: TaskSwitchKind): boolean {
  if (cpu.isFaulted || !probeTaskLoad(cpu, task.base, task.rights) || !probeTaskSave(cpu)) return false;
  if (outgoing !== undefined && !probeMark(cpu, outgoing)) return false;
  if (kind === 'call' && !cpu.access.translation.probe(task.base, 2, TLB_WRITE_SUPERVISOR)) return false;
  return kind === 'return' || probeMark(cpu, task);
}

function leaveTask(
  cpu: Cpu,
  task: Descriptor,
  outgoing: Descriptor | undefined,
  kind: TaskSwitchKind,
  { eip, isFault }: Departure,
): void {
  const eflags = cpu.eflags() | (isFault ? FLAG_RF : 0);
  if (outgoing !== undefined) markBusy(cpu, outgoing, false);
  saveTask(cpu, eip, kind === 'return' ? eflags & ~FLAG_NT : eflags);
  if (kind === 'call') writeBackLink(cpu, task.base, cpu.s[S.SELECTOR + S.TR]);
  if (kind !== 'return') markBusy(cpu, task, true);
}

function enterTask(cpu: Cpu, task: Descriptor, incoming: TaskState, kind: TaskSwitchKind): void {
  const { s } = cpu;
  setSegment(cpu.state, S.TR, task.selector, task.base, task.limit, task.rights | TSS_BUSY);
  s[S.CR0] |= CR0_TS;
  if (incoming.cr3 !== undefined && (s[S.CR0] & CR0_PG) !== 0) loadPageDirectory(cpu, incoming.cr3);
  const kept = incoming.eflags & (FLAGS_LOADABLE | FLAG_RF | FLAG_VM);
  noteDebug(cpu, incoming);
  cpu.setEflags(kind === 'call' ? kept | FLAG_NT : kept);
  for (let i = 0; i < 8; i++) s[S.EAX + i] = incoming.registers[i];
  s[S.EIP] = incoming.eip;
  // Selectors first: if loading a descriptor faults, the new task sees its own selectors with nothing behind them.
  for (let i = 0; i < 6; i++) setSegment(cpu.state, i, incoming.segments[i], 0, 0, 0);
  setSegment(cpu.state, S.LDTR, incoming.localTable, 0, 0, 0);
  setCpl(cpu, cpu.isV86 ? 3 : incoming.segments[S.CS] & 3);
  if (!loadTaskLocalTable(cpu, incoming.localTable)) {
    if (!cpu.isV86) loadForHandler(cpu, incoming);
    return;
  }
  if (cpu.isV86) for (let i = 0; i < 6; i++) loadRealSegment(cpu, i, incoming.segments[i]);
  else if (!loadTaskSegments(cpu, incoming)) return;
  isWithinCode(cpu, s[S.LIMIT + S.CS] >>> 0, incoming.eip);
}

/** The new task has no local breakpoints, and none of the old task's traps; its T bit makes one of its own. */
function noteDebug(cpu: Cpu, { isTrapping }: TaskState): void {
  const { s } = cpu;
  s[S.DEBUG_PENDING] = isTrapping ? DR6_TASK_SWITCH : 0;
  if (isTrapping) cpu.requestPoll();
  if ((s[DR7] & DR7_LOCAL) === 0) return;
  s[DR7] &= ~DR7_LOCAL;
  cpu.breakpoints.refresh();
}

function loadTaskLocalTable(cpu: Cpu, selector: number): boolean {
  if (isNull(selector)) return true;
  const table = (selector & IN_LDT) !== 0 ? undefined : findDescriptor(cpu, selector);
  if (cpu.isFaulted) return false;
  if (table === undefined || systemType(table) !== TYPE_LDT || !isPresent(table)) {
    reject(cpu, VECTOR_TS, selector);
    return false;
  }
  setFromDescriptor(cpu, S.LDTR, table, selector);
  return true;
}

/** The fault of a bad local table is told on the new task's stack, if that needs no such table. */
function loadForHandler(cpu: Cpu, incoming: TaskState): void {
  const { s } = cpu;
  const [vector, errorCode] = [s[S.FAULT], s[S.FAULT_CODE]];
  s[S.FAULT] = S.NO_FAULT;
  if (loadTaskStack(cpu, incoming)) loadTaskCode(cpu, incoming);
  cpu.raise(vector, errorCode);
}

function loadTaskStack(cpu: Cpu, { segments }: TaskState): boolean {
  const stack = fetchStackSegment(cpu, segments[S.SS], cpu.s[S.CPL], VECTOR_TS);
  if (stack === undefined || !markAccessed(cpu, stack)) return false;
  setFromDescriptor(cpu, S.SS, stack, segments[S.SS]);
  return true;
}

function loadTaskCode(cpu: Cpu, { segments, eip }: TaskState): boolean {
  const code = fetchTaskCode(cpu, segments[S.CS]);
  if (code === undefined || !markAccessed(cpu, code)) return false;
  setCode(cpu, code, cpu.s[S.CPL], eip);
  return true;
}

/** The stack comes first, so that the handler of a fault of the others has one. */
function loadTaskSegments(cpu: Cpu, incoming: TaskState): boolean {
  const cpl = cpu.s[S.CPL];
  if (!loadTaskStack(cpu, incoming) || !loadTaskCode(cpu, incoming)) return false;
  return [S.ES, S.DS, S.FS, S.GS].every((register) => {
    const selector = incoming.segments[register];
    if (isNull(selector)) return true;
    const segment = fetchDataSegment(cpu, selector, cpl, VECTOR_TS);
    if (segment === undefined || !markAccessed(cpu, segment)) return false;
    setFromDescriptor(cpu, register, segment, selector);
    return true;
  });
}

function fetchTaskCode(cpu: Cpu, selector: number): Descriptor | undefined {
  const code = fetchDescriptor(cpu, selector, VECTOR_TS);
  if (code === undefined) return undefined;
  const level = selector & 3;
  const fits = isCode(code) && (isConforming(code) ? code.dpl <= level : code.dpl === level);
  if (!fits) return reject(cpu, VECTOR_TS, selector);
  return isPresent(code) ? code : reject(cpu, VECTOR_NP, selector);
}
