import { FLAG_NT, FLAG_RF, FLAG_VM } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { FLAGS_LOADABLE, mergeFlags, returnableFlags } from '../flags/flags-image.ts';
import { isWithinCode, loadRealSegment } from '../segments/segments.ts';
import { Stack } from '../stack/stack.ts';
import * as S from '../state.ts';
import { checkV86Io, setCpl } from '../system/privilege.ts';
import { returnToTask } from '../tasks/task-switch.ts';
import { returnProtected } from '../transfer/far-return.ts';
import { jumpReal } from '../transfer/transfer.ts';

/** IRET; `nextEip` is what a nested task saves. Source: SDM vol. 2, IRET; vol. 3A, 20.2. Ends the blocking of NMIs. */
export function interruptReturn(cpu: Cpu, operandBytes: 2 | 4, nextEip: number): void {
  if (!checkV86Io(cpu)) return;
  if (!cpu.isProtected || cpu.isV86) returnReal(cpu, operandBytes);
  else if ((cpu.s[S.EFLAGS] & FLAG_NT) !== 0) returnToTask(cpu, nextEip);
  else {
    const eip = cpu.pc;
    returnFromGate(cpu, operandBytes);
    if (!cpu.isFaulted) cpu.interrupted.resume(cpu, eip);
  }
  if (!cpu.isFaulted) cpu.s[S.NMI_BLOCKED] = 0;
}

function returnReal(cpu: Cpu, operandBytes: 2 | 4): void {
  const stack = Stack.current(cpu);
  const eip = stack.pop(operandBytes);
  const selector = stack.popSelector(operandBytes);
  const image = stack.pop(operandBytes);
  if (cpu.isFaulted) return;
  jumpReal(cpu, selector, eip);
  if (cpu.isFaulted) return;
  cpu.s[S.ESP] = stack.pointer;
  mergeFlags(cpu, image, returnableFlags(cpu, operandBytes));
}

function returnFromGate(cpu: Cpu, operandBytes: 2 | 4): void {
  const stack = Stack.current(cpu);
  const eip = stack.pop(operandBytes);
  const selector = stack.popSelector(operandBytes);
  const image = stack.pop(operandBytes);
  if (cpu.isFaulted) return;
  if (operandBytes === 4 && (image & FLAG_VM) !== 0 && cpu.s[S.CPL] === 0) {
    returnToV86(cpu, stack, { eip, selector, image });
    return;
  }
  const loadable = returnableFlags(cpu, operandBytes);
  if (returnProtected(cpu, stack, { selector, eip, operandBytes, releaseBytes: 0 })) mergeFlags(cpu, image, loadable);
}

/** A frame with VM set: ESP, SS, ES, DS, FS and GS follow on the stack. */
function returnToV86(cpu: Cpu, stack: Stack, frame: { eip: number; selector: number; image: number }): void {
  const pointer = stack.pop(4);
  const selectors = [S.SS, S.ES, S.DS, S.FS, S.GS].map((register) => [register, stack.popSelector(4)] as const);
  if (cpu.isFaulted || !isWithinCode(cpu, 0xffff, frame.eip)) return;
  mergeFlags(cpu, frame.image, FLAGS_LOADABLE | FLAG_RF | FLAG_VM);
  loadRealSegment(cpu, S.CS, frame.selector);
  for (const [register, selector] of selectors) loadRealSegment(cpu, register, selector);
  setCpl(cpu, 3);
  cpu.s[S.EIP] = frame.eip;
  cpu.s[S.ESP] = pointer;
}
