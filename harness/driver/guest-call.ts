import type { RegisterValues } from '../../traces/index.ts';

const TRAP_FLAG = 0x100;
const INTERRUPT_FLAG = 0x200;
const DIRECTION_FLAG = 0x400; // clear on entry, by the i386 System V ABI
const ARGUMENT_REGISTERS = ['eax', 'edx', 'ecx'] as const; // GCC's -mregparm=3

/** How a guest function is called. */
export interface CallOptions {
  /** `held`: no IRQ is taken before the return. `taken`: interrupts are on. Default `held`. */
  readonly interrupts?: 'held' | 'taken';
  readonly convention?: 'cdecl' | 'regparm3'; // regparm3: the first three arguments in EAX, EDX, ECX; default cdecl
  readonly limit?: number; // instructions that the call may take
}

/** A call from where the guest is: the stack's new bytes and the registers that enter the function. */
export function callFrame(
  before: RegisterValues,
  entry: number,
  args: readonly number[],
  { interrupts = 'held', convention = 'cdecl' }: CallOptions,
): { readonly stack: Uint8Array; readonly values: Partial<RegisterValues> & Pick<RegisterValues, 'esp'> } {
  const inRegisters = convention === 'regparm3' ? args.slice(0, ARGUMENT_REGISTERS.length) : [];
  const words = Uint32Array.of(before.eip, ...args.slice(inRegisters.length));
  const stack = new Uint8Array(words.length * 4);
  const view = new DataView(stack.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
  const held = before.eflags & ~(TRAP_FLAG | INTERRUPT_FLAG | DIRECTION_FLAG);
  const eflags = interrupts === 'held' ? held : held | INTERRUPT_FLAG;
  const esp = (before.esp - stack.length) >>> 0;
  const inRegister = inRegisters.map((arg, index) => [ARGUMENT_REGISTERS[index], arg >>> 0]);
  return { stack, values: { ...Object.fromEntries(inRegister), esp, eip: entry, eflags: eflags >>> 0 } };
}

/** What a call may change and its caller gets back. Segment and control registers stay as the function left them. */
export function restoredAfterCall(before: RegisterValues): Partial<RegisterValues> {
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags } = before;
  return { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags };
}
