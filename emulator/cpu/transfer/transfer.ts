import { VECTOR_GP, VECTOR_NP } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import {
  type Descriptor,
  fetchDescriptor,
  isCode,
  isConforming,
  isPresent,
  markAccessed,
  reject,
  systemType,
  TYPE_CALL_GATE_16,
  TYPE_CALL_GATE_32,
  TYPE_TASK_GATE,
} from '../segments/descriptor.ts';
import { isWithinCode, loadRealSegment, setCode } from '../segments/segments.ts';
import { Stack } from '../stack/stack.ts';
import * as S from '../state.ts';
import { switchThroughGate, switchToTask } from '../tasks/task-switch.ts';
import { callThroughGate, jumpThroughGate } from './call-gate.ts';

/** JMP far. `nextEip` is what a task switch saves. Source: SDM vol. 2, JMP. */
export function jumpFar(cpu: Cpu, selector: number, offset: number, operandBytes: 2 | 4, nextEip: number): void {
  const eip = operandBytes === 2 ? offset & 0xffff : offset;
  selector &= 0xffff;
  if (!cpu.isProtected || cpu.isV86) {
    jumpReal(cpu, selector, eip);
    return;
  }
  const target = fetchDescriptor(cpu, selector, VECTOR_GP);
  if (target === undefined) return;
  if (!isCode(target)) {
    transferThroughSystem(cpu, target, nextEip, 'jump');
    return;
  }
  if (!isDirectTarget(cpu, target) || !isWithinCode(cpu, target.limit, eip) || !markAccessed(cpu, target)) return;
  setCode(cpu, target, cpu.s[S.CPL], eip);
}

/** CALL far: the return address goes onto the stack only when nothing can fault any more. Source: SDM vol. 2, CALL. */
export function callFar(cpu: Cpu, selector: number, offset: number, operandBytes: 2 | 4, nextEip: number): void {
  const eip = operandBytes === 2 ? offset & 0xffff : offset;
  selector &= 0xffff;
  const stack = Stack.current(cpu);
  if (!cpu.isProtected || cpu.isV86) {
    if (!stack.canPush(2, operandBytes, 0) || !isWithinCode(cpu, cpu.s[S.LIMIT + S.CS] >>> 0, eip)) return;
    pushReturn(cpu, stack, operandBytes, nextEip);
    jumpReal(cpu, selector, eip);
    return;
  }
  const target = fetchDescriptor(cpu, selector, VECTOR_GP);
  if (target === undefined) return;
  if (!isCode(target)) {
    transferThroughSystem(cpu, target, nextEip, 'call');
    return;
  }
  if (!isDirectTarget(cpu, target) || !stack.canPush(2, operandBytes, 0)) return;
  if (!isWithinCode(cpu, target.limit, eip) || !markAccessed(cpu, target)) return;
  pushReturn(cpu, stack, operandBytes, nextEip);
  setCode(cpu, target, cpu.s[S.CPL], eip);
}

/** CS:EIP in real and V86 mode, where the offset is checked against the limit that CS has. */
export function jumpReal(cpu: Cpu, selector: number, eip: number): void {
  if (!isWithinCode(cpu, cpu.s[S.LIMIT + S.CS] >>> 0, eip)) return;
  loadRealSegment(cpu, S.CS, selector);
  cpu.s[S.EIP] = eip;
  cpu.requestPoll();
}

function pushReturn(cpu: Cpu, stack: Stack, size: 2 | 4, nextEip: number): void {
  stack.push(size, cpu.s[S.SELECTOR + S.CS]);
  stack.push(size, nextEip);
  cpu.s[S.ESP] = stack.pointer;
}

/** May a JMP or CALL that names the code segment itself go there? Raises #GP or #NP. */
function isDirectTarget(cpu: Cpu, code: Descriptor): boolean {
  const cpl = cpu.s[S.CPL];
  const isAllowed = isConforming(code) ? code.dpl <= cpl : code.dpl === cpl && (code.selector & 3) <= cpl;
  if (!isAllowed) reject(cpu, VECTOR_GP, code.selector);
  else if (!isPresent(code)) reject(cpu, VECTOR_NP, code.selector);
  return !cpu.isFaulted;
}

function transferThroughSystem(cpu: Cpu, target: Descriptor, nextEip: number, kind: 'jump' | 'call'): void {
  const type = systemType(target);
  if (type < 0 || target.dpl < Math.max(cpu.s[S.CPL], target.selector & 3)) {
    reject(cpu, VECTOR_GP, target.selector);
  } else if (type === TYPE_CALL_GATE_16 || type === TYPE_CALL_GATE_32) {
    if (kind === 'jump') jumpThroughGate(cpu, target);
    else callThroughGate(cpu, target, nextEip);
  } else if (type === TYPE_TASK_GATE) {
    switchThroughGate(cpu, target, kind, { eip: nextEip, isFault: false });
  } else {
    switchToTask(cpu, target, kind, { eip: nextEip, isFault: false });
  }
}
