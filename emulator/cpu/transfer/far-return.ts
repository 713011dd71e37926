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
} from '../segments/descriptor.ts';
import {
  dropInnerSegments,
  fetchStackSegment,
  isWithinCode,
  setCode,
  setFromDescriptor,
} from '../segments/segments.ts';
import { Stack } from '../stack/stack.ts';
import * as S from '../state.ts';
import { jumpReal } from './transfer.ts';

/** RETF, releasing `releaseBytes` of parameters from the stack (from both stacks for an outer level). SDM vol. 2, RET. */
export function returnFar(cpu: Cpu, operandBytes: 2 | 4, releaseBytes: number): void {
  const stack = Stack.current(cpu);
  const eip = stack.pop(operandBytes);
  const selector = stack.popSelector(operandBytes);
  if (cpu.isFaulted) return;
  stack.move(releaseBytes);
  if (cpu.isProtected && !cpu.isV86) {
    returnProtected(cpu, stack, { selector, eip, operandBytes, releaseBytes });
    return;
  }
  jumpReal(cpu, selector, eip);
  if (!cpu.isFaulted) cpu.s[S.ESP] = stack.pointer;
}

export interface ReturnTarget {
  readonly selector: number;
  readonly eip: number;
  readonly operandBytes: 2 | 4;
  /** Parameters to skip on the outer stack. */
  readonly releaseBytes: number;
}

/**
 * RETF and IRET of protected mode once CS:EIP is popped: to the same level, or to an outer one whose SS:ESP lies next on
 * `stack`. False after a fault, with nothing changed.
 */
export function returnProtected(cpu: Cpu, stack: Stack, target: ReturnTarget): boolean {
  const code = fetchReturnCode(cpu, target.selector);
  if (code === undefined) return false;
  if ((target.selector & 3) > cpu.s[S.CPL]) return returnOuter(cpu, stack, target, code);
  if (!isWithinCode(cpu, code.limit, target.eip) || !markAccessed(cpu, code)) return false;
  cpu.s[S.ESP] = stack.pointer;
  setCode(cpu, code, cpu.s[S.CPL], target.eip);
  return true;
}

function returnOuter(cpu: Cpu, stack: Stack, target: ReturnTarget, code: Descriptor): boolean {
  const level = target.selector & 3;
  const pointer = stack.pop(target.operandBytes);
  const selector = stack.popSelector(target.operandBytes);
  if (cpu.isFaulted) return false;
  const segment = fetchStackSegment(cpu, selector, level, VECTOR_GP);
  if (segment === undefined || !isWithinCode(cpu, code.limit, target.eip)) return false;
  if (!markAccessed(cpu, segment) || !markAccessed(cpu, code)) return false;
  const outer = new Stack(cpu, segment, cpu.s[S.ESP], level);
  outer.pointer = outer.with(outer.pointer, pointer);
  outer.move(target.releaseBytes);
  setFromDescriptor(cpu, S.SS, segment, selector);
  cpu.s[S.ESP] = outer.pointer;
  setCode(cpu, code, level, target.eip);
  dropInnerSegments(cpu, level);
  return true;
}

/** A code segment that a far return may go back to: never an inner level. */
function fetchReturnCode(cpu: Cpu, selector: number): Descriptor | undefined {
  const code = fetchDescriptor(cpu, selector, VECTOR_GP);
  if (code === undefined) return undefined;
  const level = selector & 3;
  const fits = isCode(code) && level >= cpu.s[S.CPL] && (isConforming(code) ? code.dpl <= level : code.dpl === level);
  if (!fits) return reject(cpu, VECTOR_GP, selector);
  return isPresent(code) ? code : reject(cpu, VECTOR_NP, selector);
}
