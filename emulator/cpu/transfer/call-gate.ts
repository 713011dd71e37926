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
  TYPE_CALL_GATE_32,
} from '../segments/descriptor.ts';
import { isWithinCode, setCode } from '../segments/segments.ts';
import { enterInnerStack, fetchInnerStack } from '../stack/inner-stack.ts';
import { Stack } from '../stack/stack.ts';
import * as S from '../state.ts';

/** JMP through a call gate: never changes the privilege level (SDM vol. 2, JMP). */
export function jumpThroughGate(cpu: Cpu, gate: Descriptor): void {
  const code = fetchGateCode(cpu, gate);
  if (code === undefined) return;
  if (!isConforming(code) && code.dpl !== cpu.s[S.CPL]) {
    reject(cpu, VECTOR_GP, code.selector);
    return;
  }
  const eip = gateEip(gate);
  if (isWithinCode(cpu, code.limit, eip) && markAccessed(cpu, code)) setCode(cpu, code, cpu.s[S.CPL], eip);
}

/** CALL through a call gate, to the same level or an inner one with its own stack (SDM vol. 2, CALL; vol. 3A, 5.8.5). */
export function callThroughGate(cpu: Cpu, gate: Descriptor, nextEip: number): void {
  const code = fetchGateCode(cpu, gate);
  if (code === undefined) return;
  if (!isConforming(code) && code.dpl < cpu.s[S.CPL]) callInner(cpu, gate, code, nextEip);
  else callSameLevel(cpu, gate, code, nextEip);
}

function callSameLevel(cpu: Cpu, gate: Descriptor, code: Descriptor, nextEip: number): void {
  const { s } = cpu;
  const size = itemSize(gate);
  const eip = gateEip(gate);
  const stack = Stack.current(cpu);
  if (!stack.canPush(2, size, 0) || !isWithinCode(cpu, code.limit, eip) || !markAccessed(cpu, code)) return;
  stack.push(size, s[S.SELECTOR + S.CS]);
  stack.push(size, nextEip);
  s[S.ESP] = stack.pointer;
  setCode(cpu, code, s[S.CPL], eip);
}

function callInner(cpu: Cpu, gate: Descriptor, code: Descriptor, nextEip: number): void {
  const { s } = cpu;
  const size = itemSize(gate);
  const eip = gateEip(gate);
  const inner = fetchInnerStack(cpu, code.dpl);
  if (inner === undefined) return;
  const { stack, descriptor } = inner;
  if (!stack.canPush(4 + gate.gateItems, size, descriptor.selector & 0xfffc)) return;
  const parameters = readParameters(cpu, gate.gateItems, size);
  if (cpu.isFaulted) return;
  if (!isWithinCode(cpu, code.limit, eip) || !markAccessed(cpu, code)) return;
  stack.push(size, s[S.SELECTOR + S.SS]);
  stack.push(size, s[S.ESP]);
  for (const value of parameters.reverse()) stack.push(size, value);
  stack.push(size, s[S.SELECTOR + S.CS]);
  stack.push(size, nextEip);
  enterInnerStack(cpu, inner);
  setCode(cpu, code, code.dpl, eip);
}

/** The top items of the caller's stack, top first. */
function readParameters(cpu: Cpu, count: number, size: 2 | 4): number[] {
  const outer = Stack.current(cpu);
  return Array.from({ length: count }, () => outer.pop(size));
}

/** Checks gate and code segment as JMP and CALL share them: the code's DPL may not be above the CPL. */
function fetchGateCode(cpu: Cpu, gate: Descriptor): Descriptor | undefined {
  if (!isPresent(gate)) return reject(cpu, VECTOR_NP, gate.selector);
  const code = fetchDescriptor(cpu, gate.gateSelector, VECTOR_GP);
  if (code === undefined) return undefined;
  if (!isCode(code) || code.dpl > cpu.s[S.CPL]) return reject(cpu, VECTOR_GP, code.selector);
  return isPresent(code) ? code : reject(cpu, VECTOR_NP, code.selector);
}

function itemSize(gate: Descriptor): 2 | 4 {
  return systemType(gate) === TYPE_CALL_GATE_32 ? 4 : 2;
}

function gateEip(gate: Descriptor): number {
  return itemSize(gate) === 4 ? gate.gateOffset : gate.gateOffset & 0xffff;
}
