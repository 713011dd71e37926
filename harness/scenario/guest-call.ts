import type { RegisterValues } from '../../traces/index.ts';

const TRAP_FLAG = 0x100;
const INTERRUPT_FLAG = 0x200;
const DIRECTION_FLAG = 0x400; // clear on entry, by the i386 System V ABI

/** A cdecl call from where the guest is: the stack's new bytes and the registers that enter the function. */
export function callFrame(
  before: RegisterValues,
  entry: number,
  args: readonly number[],
): { readonly stack: Uint8Array; readonly values: Pick<RegisterValues, 'eip' | 'esp' | 'eflags'> } {
  const words = Uint32Array.of(before.eip, ...args);
  const stack = new Uint8Array(words.length * 4);
  const view = new DataView(stack.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
  const eflags = before.eflags & ~(TRAP_FLAG | INTERRUPT_FLAG | DIRECTION_FLAG);
  return { stack, values: { esp: (before.esp - stack.length) >>> 0, eip: entry, eflags: eflags >>> 0 } };
}

/** What a call may change and its caller gets back. Segment and control registers stay as the function left them. */
export function restoredAfterCall(before: RegisterValues): Partial<RegisterValues> {
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags } = before;
  return { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags };
}
