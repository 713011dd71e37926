/**
 * Big operations: canonical helpers that every engine calls (their bodies are in cpu/). Declared effects:
 * `faults`: may raise a fault, and then has changed nothing but what it can do again.
 * `ends`: may change EIP, mode, mappings or interrupt state, so a block ends after it.
 * `moves`: sets EIP itself; the instruction isn't followed by the next one.
 * `flags`: reads or writes EFLAGS.
 */
export interface HelperEffects {
  readonly faults?: true;
  readonly ends?: true;
  readonly moves?: true;
  readonly flags?: true;
}

export const HELPERS = {
  // far transfers: the next EIP is what a call pushes and a task switch saves
  jumpFar: { faults: true, ends: true, moves: true }, // (selector, offset, operandBytes, nextEip)
  callFar: { faults: true, ends: true, moves: true }, // (selector, offset, operandBytes, nextEip)
  returnFar: { faults: true, ends: true, moves: true }, // (operandBytes, releaseBytes)
  interrupt: { faults: true, ends: true, moves: true, flags: true }, // INT n, INT3, INTO taken: (vector, nextEip, isInt3orInto)
  interruptReturn: { faults: true, ends: true, moves: true, flags: true }, // (operandBytes, nextEip)
  // segment and descriptor instructions
  loadSegment: { faults: true, ends: true }, // MOV Sreg, POP Sreg, LDS ...: (register, selector)
  loadTask: { faults: true }, // LTR (selector)
  loadLocalTable: { faults: true }, // LLDT (selector)
  loadAccessRights: { flags: true, faults: true }, // LAR (selector) -> rights; ZF set in EFLAGS
  loadSegmentLimit: { flags: true, faults: true }, // LSL (selector) -> limit; ZF set in EFLAGS
  verifyRead: { flags: true, faults: true }, // VERR (selector); ZF
  verifyWrite: { flags: true, faults: true }, // VERW (selector); ZF
  probeQuadword: { faults: true }, // CMPXCHG8B (segment, offset)
  adjustPrivilege: { flags: true, faults: true }, // ARPL in memory (segment, offset, selector); ZF
  loadGlobalTable: { faults: true, ends: true }, // LGDT (limit, base, operandBytes)
  loadInterruptTable: { faults: true, ends: true }, // LIDT (limit, base, operandBytes)
  requireProtected: { faults: true }, // #UD in real and V86 mode (ARPL, LAR, SLDT, ...)
  requirePrivilege: { faults: true }, // #GP(0) unless CPL 0
  // control and debug registers
  readControl: { faults: true }, // (number) -> value
  writeControl: { faults: true, ends: true }, // (number, value)
  readDebug: { faults: true }, // (number) -> value
  writeDebug: { faults: true, ends: true }, // (number, value)
  loadMachineStatus: { faults: true, ends: true }, // LMSW (value)
  clearTaskSwitched: { faults: true }, // CLTS
  invalidatePage: { faults: true, ends: true }, // INVLPG (segment, offset)
  // flags
  pushFlagsImage: { faults: true, flags: true }, // (operandBytes) -> image as PUSHF stores it; V86 IOPL check
  popFlags: { faults: true, ends: true, flags: true }, // (image, operandBytes)
  clearInterruptFlag: { faults: true, flags: true }, // CLI
  setInterruptFlag: { faults: true, ends: true, flags: true }, // STI
  inhibitInterrupts: { ends: true }, // the shadow of MOV SS and POP SS
  halt: { faults: true, ends: true }, // HLT; EIP is already the next one's
  // port I/O, with IOPL and I/O permission bitmap
  checkPort: { faults: true }, // (port, size)
  readPort: { ends: true }, // (port, size) -> value; after checkPort
  writePort: { ends: true }, // (port, size, value); after checkPort
  // arithmetic that doesn't fit 32 bits
  divide: { faults: true }, // unsigned (high, low, divisor, size) -> quotient; remainder in RESULT2; #DE
  divideSigned: { faults: true }, // (high, low, divisor, size) -> quotient; remainder in RESULT2; #DE
  // instructions of several memory steps, which probe before they change anything
  pushAll: { faults: true }, // PUSHA (operandBytes)
  popAll: { faults: true }, // POPA (operandBytes)
  enter: { faults: true }, // ENTER (frameBytes, level, operandBytes)
  // the model, its registers and its counter
  identify: {}, // CPUID: leaf in EAX -> EAX, EBX, ECX, EDX
  readTimeStamp: { faults: true, ends: true }, // RDTSC -> EDX:EAX
  readModelRegister: { faults: true, ends: true }, // RDMSR: number in ECX -> EDX:EAX
  writeModelRegister: { faults: true }, // WRMSR: number in ECX, value in EDX:EAX
  enterSystem: { faults: true, ends: true, moves: true, flags: true }, // SYSENTER
  exitSystem: { faults: true, ends: true, moves: true }, // SYSEXIT
  // the rest
  firmware: { faults: true, ends: true, moves: true }, // (service, nextEip) the firmware call instruction
  simd: { faults: true, flags: true }, // (row of SIMD_ROWS, ModRM, segment and immediate, offset) MMX, SSE
  x87: { faults: true, ends: true, flags: true }, // (row of X87_ROWS and operand size, ModRM, segment, offset) ESC and WAIT
} as const satisfies Record<string, HelperEffects>;

export type HelperName = keyof typeof HELPERS;
