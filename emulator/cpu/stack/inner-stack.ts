import { VECTOR_TS } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { type Descriptor, markAccessed, reject, TYPE_32_BIT } from '../segments/descriptor.ts';
import { fetchStackSegment, setFromDescriptor } from '../segments/segments.ts';
import * as S from '../state.ts';
import { Stack } from './stack.ts';

export interface InnerStack {
  readonly stack: Stack;
  readonly descriptor: Descriptor;
}

/**
 * The stack that the current TSS names for an inner privilege level (SDM vol. 3A, 5.8.5); raises #TS or #SS.
 * The accessed bit of its descriptor is set.
 */
export function fetchInnerStack(cpu: Cpu, level: number): InnerStack | undefined {
  const { s, access } = cpu;
  const isWide = (s[S.RIGHTS + S.TR] & TYPE_32_BIT) !== 0;
  const size = isWide ? 4 : 2;
  const offset = size + level * 2 * size;
  if (offset + size + 1 > s[S.LIMIT + S.TR] >>> 0) return reject(cpu, VECTOR_TS, s[S.SELECTOR + S.TR]);
  const linear = s[S.BASE + S.TR] + offset;
  const pointer = access.readSystem(linear | 0, size);
  const selector = cpu.isFaulted ? 0 : access.readSystem((linear + size) | 0, 2);
  if (cpu.isFaulted) return undefined;
  const descriptor = fetchStackSegment(cpu, selector, level, VECTOR_TS);
  if (descriptor === undefined || !markAccessed(cpu, descriptor)) return undefined;
  return { descriptor, stack: new Stack(cpu, descriptor, pointer, level) };
}

/** Loads SS and ESP after the frame is written. */
export function enterInnerStack(cpu: Cpu, inner: InnerStack): void {
  setFromDescriptor(cpu, S.SS, inner.descriptor, inner.descriptor.selector);
  cpu.s[S.ESP] = inner.stack.pointer;
}
