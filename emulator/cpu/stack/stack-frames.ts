import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { Stack } from './stack.ts';

const REGISTERS = 8;

/** PUSHA: EAX to EDI, with the ESP of before. Source: SDM vol. 2, PUSHA. */
export function pushAll(cpu: Cpu, operandBytes: 2 | 4): void {
  const stack = Stack.current(cpu);
  if (!stack.canPush(REGISTERS, operandBytes, 0)) return;
  for (let i = 0; i < REGISTERS; i++) stack.push(operandBytes, cpu.s[S.EAX + i]);
  cpu.s[S.ESP] = stack.pointer;
}

/** POPA: EDI to EAX; the stored ESP doesn't count. */
export function popAll(cpu: Cpu, operandBytes: 2 | 4): void {
  const stack = Stack.current(cpu);
  const values = Array.from({ length: REGISTERS }, () => stack.pop(operandBytes));
  if (cpu.isFaulted) return;
  values.forEach((value, i) => {
    setRegister(cpu, S.EDI - i, value, operandBytes);
  });
  cpu.s[S.ESP] = stack.pointer;
}

/**
 * ENTER: a frame with `level` (0-31) display pointers and `frameBytes` of room. The final top of the stack must be
 * writable, too. Source: SDM vol. 2, ENTER.
 */
export function enter(cpu: Cpu, frameBytes: number, level: number, operandBytes: 2 | 4): void {
  const { s } = cpu;
  const depth = level & 31;
  const stack = Stack.current(cpu);
  if (!stack.canPush(1 + depth, operandBytes, 0)) return;
  const display = readDisplay(cpu, depth, operandBytes);
  if (cpu.isFaulted) return;
  const framePointer = stack.with(stack.pointer, stack.pointer - operandBytes);
  const top = stack.with(stack.pointer, framePointer - depth * operandBytes - (frameBytes & 0xffff));
  if (!stack.isWritable(stack.with(0, top), operandBytes, 0)) return;
  stack.push(operandBytes, s[S.EBP]);
  for (const pointer of display) stack.push(operandBytes, pointer);
  if (depth > 0) stack.push(operandBytes, framePointer);
  setRegister(cpu, S.EBP, framePointer, operandBytes);
  s[S.ESP] = top;
}

/** The frame pointers of the enclosing levels, which lie below the one that EBP points to. */
function readDisplay(cpu: Cpu, depth: number, operandBytes: 2 | 4): number[] {
  const { s, access } = cpu;
  const pointers: number[] = [];
  for (let i = 1; i < depth && !cpu.isFaulted; i++) {
    pointers.push(access.read(S.SS, (s[S.EBP] - i * operandBytes) & s[S.STACK_MASK], operandBytes));
  }
  return pointers;
}

function setRegister(cpu: Cpu, register: number, value: number, operandBytes: 2 | 4): void {
  const { s } = cpu;
  s[register] = operandBytes === 4 ? value : (s[register] & 0xffff0000) | (value & 0xffff);
}
