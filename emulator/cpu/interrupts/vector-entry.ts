/**
 * From a vector to its handler: real-mode interrupt table, interrupt, trap and task gates. Source: SDM vol. 3A, 6.10-6.14 and
 * 20.1.4; vol. 2, INT n. Software interrupts have no VME redirection.
 */

import { ORIGIN_INTERRUPT_FRAME } from '../../memory/write-log.ts';
import { FLAG_AC, FLAG_IF, FLAG_NT, FLAG_RF, FLAG_TF, FLAG_VM, VECTOR_GP, VECTOR_NP } from '../constants.ts';
import type { Cpu, CpuEvent } from '../cpu.ts';
import {
  type Descriptor,
  fetchDescriptor,
  isCode,
  isConforming,
  isPresent,
  markAccessed,
  readDescriptorAt,
  reject,
  systemType,
  TYPE_32_BIT,
  TYPE_INTERRUPT_GATE_16,
  TYPE_INTERRUPT_GATE_32,
  TYPE_TASK_GATE,
  TYPE_TRAP_GATE_16,
  TYPE_TRAP_GATE_32,
} from '../segments/descriptor.ts';
import { setSegment } from '../segments/segment-cache.ts';
import { isWithinCode, loadRealSegment, setCode } from '../segments/segments.ts';
import { enterInnerStack, fetchInnerStack, type InnerStack } from '../stack/inner-stack.ts';
import { Stack } from '../stack/stack.ts';
import * as S from '../state.ts';
import { checkV86Io } from '../system/privilege.ts';
import { switchThroughGate } from '../tasks/task-switch.ts';

/** One entry into a handler. */
export interface Entry {
  readonly vector: number;
  /** What the handler returns to. */
  readonly returnEip: number;
  /** NO_ERROR_CODE: nothing is pushed. */
  readonly errorCode: number;
  /** INT n, INT3, INTO: the gate's DPL counts. */
  readonly isSoftware: boolean;
  /** The pushed EFLAGS get RF, so that the restarted instruction ignores its breakpoint. */
  readonly isFault: boolean;
  /** Observed once nothing but a task switch can fault any more, and before anything is written. */
  readonly event: CpuEvent | undefined;
}

const GATE_ERROR = 2;
const GATE_TYPES = [
  TYPE_TASK_GATE,
  TYPE_INTERRUPT_GATE_16,
  TYPE_TRAP_GATE_16,
  TYPE_INTERRUPT_GATE_32,
  TYPE_TRAP_GATE_32,
];

/** What `source` of `interrupt` says. */
const SOURCE_INT_N = 0;
const SOURCE_ICEBP = 2;

/**
 * INT n (source 0), INT3 or INTO (1: exceptions #BP and #OF, which V86 mode doesn't guard with IOPL) and ICEBP (2: #DB, for
 * which the gate's DPL doesn't count either).
 */
export function interrupt(cpu: Cpu, vector: number, nextEip: number, source: number): void {
  if (source === SOURCE_INT_N && !checkV86Io(cpu)) return;
  enterVector(cpu, {
    vector,
    returnEip: nextEip,
    errorCode: S.NO_ERROR_CODE,
    isSoftware: source !== SOURCE_ICEBP,
    isFault: false,
    event: { kind: source === SOURCE_INT_N ? 'interrupt' : 'exception', vector, eip: cpu.pc },
  });
}

/** Enters the handler of a vector; after a fault nothing but a task switch has happened. */
export function enterVector(cpu: Cpu, entry: Entry): void {
  if (!cpu.isProtected) {
    enterReal(cpu, entry);
    return;
  }
  const gate = fetchGate(cpu, entry);
  if (gate === undefined) return;
  if (systemType(gate) === TYPE_TASK_GATE) enterTaskGate(cpu, entry, gate);
  else enterGate(cpu, entry, gate);
}

function enterReal(cpu: Cpu, entry: Entry): void {
  const { s, access } = cpu;
  const slot = entry.vector * 4;
  if (slot + 3 > s[S.IDTR_LIMIT]) {
    cpu.raise(VECTOR_GP, slot * 2 + GATE_ERROR);
    return;
  }
  const eip = access.readSystem((s[S.IDTR_BASE] + slot) | 0, 2);
  const selector = access.readSystem((s[S.IDTR_BASE] + slot + 2) | 0, 2);
  const stack = Stack.current(cpu);
  if (!stack.canPush(3, 2, 0) || !isWithinCode(cpu, s[S.LIMIT + S.CS] >>> 0, eip)) return;
  announce(cpu, entry);
  writeFrame(cpu, stack, 2, [cpu.eflags(), s[S.SELECTOR + S.CS], entry.returnEip]);
  s[S.ESP] = stack.pointer;
  loadRealSegment(cpu, S.CS, selector);
  s[S.EIP] = eip;
  cpu.setEflags(s[S.EFLAGS] & ~(FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF));
}

/** The gate of the vector, checked up to its presence; raises #GP or #NP with the gate's error code. */
function fetchGate(cpu: Cpu, entry: Entry): Descriptor | undefined {
  const { s } = cpu;
  const slot = entry.vector * 8;
  if (slot + 7 > s[S.IDTR_LIMIT]) return refuseGate(cpu, VECTOR_GP, entry.vector);
  const gate = readDescriptorAt(cpu, (s[S.IDTR_BASE] + slot) | 0, 0);
  if (gate === undefined) return undefined;
  const isForbidden = entry.isSoftware && gate.dpl < s[S.CPL];
  if (isForbidden || !GATE_TYPES.includes(systemType(gate))) return refuseGate(cpu, VECTOR_GP, entry.vector);
  return isPresent(gate) ? gate : refuseGate(cpu, VECTOR_NP, entry.vector);
}

function refuseGate(cpu: Cpu, vector: number, gateVector: number): undefined {
  cpu.raise(vector, gateVector * 8 + GATE_ERROR);
  return undefined;
}

function enterTaskGate(cpu: Cpu, entry: Entry, gate: Descriptor): void {
  announce(cpu, entry);
  switchThroughGate(cpu, gate, 'call', { eip: entry.returnEip, isFault: entry.isFault });
  if (cpu.isFaulted || entry.errorCode === S.NO_ERROR_CODE) return;
  const stack = Stack.current(cpu);
  const size = (cpu.s[S.RIGHTS + S.TR] & TYPE_32_BIT) !== 0 ? 4 : 2;
  if (!stack.canPush(1, size, 0)) return;
  writeFrame(cpu, stack, size, [entry.errorCode]);
  cpu.s[S.ESP] = stack.pointer;
}

function enterGate(cpu: Cpu, entry: Entry, gate: Descriptor): void {
  const code = fetchHandlerCode(cpu, gate);
  if (code === undefined) return;
  const size = (systemType(gate) & TYPE_32_BIT) !== 0 ? 4 : 2;
  const eip = size === 4 ? gate.gateOffset : gate.gateOffset & 0xffff;
  const isInner = !isConforming(code) && code.dpl < cpu.s[S.CPL];
  const inner = isInner ? fetchInnerStack(cpu, code.dpl) : undefined;
  if (cpu.isFaulted) return;
  const stack = inner?.stack ?? Stack.current(cpu);
  const frame = frameOf(cpu, entry, inner !== undefined);
  const stackError = inner === undefined ? 0 : inner.descriptor.selector & 0xfffc;
  if (!stack.canPush(frame.length, size, stackError)) return;
  if (!isWithinCode(cpu, code.limit, eip) || !markAccessed(cpu, code)) return;
  announce(cpu, entry);
  writeFrame(cpu, stack, size, frame);
  loadHandler(cpu, gate, code, eip, inner);
  if (inner === undefined) cpu.s[S.ESP] = stack.pointer;
}

function loadHandler(cpu: Cpu, gate: Descriptor, code: Descriptor, eip: number, inner: InnerStack | undefined): void {
  const isInterruptGate = (systemType(gate) & 1) === 0;
  const wasV86 = cpu.isV86;
  const cleared = FLAG_TF | FLAG_NT | FLAG_VM | FLAG_RF | (isInterruptGate ? FLAG_IF : 0);
  cpu.setEflags(cpu.eflags() & ~cleared);
  if (inner !== undefined) enterInnerStack(cpu, inner);
  setCode(cpu, code, inner === undefined ? cpu.s[S.CPL] : code.dpl, eip);
  if (wasV86) for (const register of [S.ES, S.DS, S.FS, S.GS]) setSegment(cpu.state, register, 0, 0, 0, 0);
}

/** The handler's code segment; V86 mode may enter level 0 only (SDM vol. 3A, 20.3.1). */
function fetchHandlerCode(cpu: Cpu, gate: Descriptor): Descriptor | undefined {
  const code = fetchDescriptor(cpu, gate.gateSelector, VECTOR_GP);
  if (code === undefined) return undefined;
  const isReachable = isCode(code) && code.dpl <= cpu.s[S.CPL];
  const isRightForV86 = !cpu.isV86 || (code.dpl === 0 && !isConforming(code));
  if (!isReachable || !isRightForV86) return reject(cpu, VECTOR_GP, code.selector);
  return isPresent(code) ? code : reject(cpu, VECTOR_NP, code.selector);
}

/** What the handler finds on its stack, first pushed first. */
function frameOf(cpu: Cpu, entry: Entry, isInner: boolean): number[] {
  const { s } = cpu;
  const selectors = s.subarray(S.SELECTOR);
  const eflags = cpu.eflags() | (entry.isFault ? FLAG_RF : 0);
  const frame = [eflags, selectors[S.CS], entry.returnEip];
  if (isInner) frame.unshift(selectors[S.SS], s[S.ESP]);
  if (cpu.isV86) frame.unshift(selectors[S.GS], selectors[S.FS], selectors[S.DS], selectors[S.ES]);
  if (entry.errorCode !== S.NO_ERROR_CODE) frame.push(entry.errorCode);
  return frame;
}

function writeFrame(cpu: Cpu, stack: Stack, size: 2 | 4, frame: readonly number[]): void {
  const log = cpu.pins.writeLog;
  const origin = log.currentOrigin;
  log.currentOrigin = ORIGIN_INTERRUPT_FRAME;
  for (const value of frame) stack.push(size, value);
  log.currentOrigin = origin;
}

function announce(cpu: Cpu, entry: Entry): void {
  if (entry.event !== undefined) cpu.pins.observe(entry.event);
}
