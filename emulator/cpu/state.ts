import type { Arena } from '../memory/arena.ts';

/**
 * The schema of the processor's state: one buffer, named slots. Whoever saves, digests, compares or compiles
 * reads the layout from here. Slots are indices into `i32` unless their name starts with `F_`, then into `f64`.
 */

// General registers in encoding order, so a ModRM field is a slot.
export const EAX = 0;
export const ECX = 1;
export const EDX = 2;
export const EBX = 3;
export const ESP = 4;
export const EBP = 5;
export const ESI = 6;
export const EDI = 7;
/** Always 0: the base or index of an effective address that has none. */
export const ZERO = 8;
export const EIP = 9;
export const EFLAGS = 10;

// Flags not computed yet (see isa/flags.ts): EFLAGS is valid only while LAZY_KIND is 0.
export const LAZY_KIND = 11;
export const LAZY_RESULT = 12;
export const LAZY_A = 13;
export const LAZY_B = 14;

// Segment registers in encoding order (ES CS SS DS FS GS), then LDTR and TR: slot = SELECTOR + register.
export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export const LDTR = 6;
export const TR = 7;
export const SELECTOR = 16;
export const BASE = 24;
export const LIMIT = 32; // in bytes, granularity applied
/** Access byte in bits 0-7, flags (AVL, L, D/B, G) in bits 12-15, as in bits 8-23 of a descriptor's second dword. */
export const RIGHTS = 40;

export const GDTR_BASE = 48;
export const GDTR_LIMIT = 49;
export const IDTR_BASE = 50;
export const IDTR_LIMIT = 51;
export const CR0 = 52;
export const CR2 = 53;
export const CR3 = 54;
export const CR4 = 55;
export const DR0 = 56; // ... DR7 = 63
export const CPL = 64;
/** 1 while HLT waits for an interrupt. */
export const HALTED = 65;
/** Vector of the fault that the current instruction raised, or NO_FAULT; with its error code or NO_ERROR_CODE. */
export const FAULT = 66;
export const FAULT_CODE = 67;
/** 0xffff or 0xffffffff by the B bit of SS: which part of ESP a push moves. */
export const STACK_MASK = 68;
/** Second result of a helper (remainder, high half). */
export const RESULT2 = 69;
/** TLB permission bits that a read and a write need at the current CPL (see cpu/paging/tlb.ts). */
export const NEED_READ = 70;
export const NEED_WRITE = 71;
/** 1 while an NMI handler runs (blocked until IRET). */
export const NMI_BLOCKED = 72;
export const A20_MASK = 73;
/** 1 once shut down by a triple fault. */
export const SHUTDOWN = 74;

/** From here on a slot is part of the state's digest only while it isn't 0: what it holds came after the first goldens. */
export const LATER_SLOTS = 80;
/** Bits of DR6 that the debug trap at the next boundary will set: B0-B3, BS, BT. */
export const DEBUG_PENDING = 80;
/** EIP of the instruction that met the last data or I/O breakpoint. */
export const DEBUG_EIP = 81;
/** What WRMSR has added to the time-stamp counter, in halves. */
export const TSC_OFFSET_LOW = 82;
export const TSC_OFFSET_HIGH = 83;
// Where SYSENTER goes: MSRs 174h to 176h.
export const SYSENTER_CS = 84;
export const SYSENTER_ESP = 85;
export const SYSENTER_EIP = 86;
/** What a read or write of data needs: NEED_READ and NEED_WRITE, or TLB_ALIGNED while alignment is checked. */
export const DATA_READ = 87;
export const DATA_WRITE = 88;
/** The page-directory-pointer-table entries that the last load of CR3 took in, four; of each the low half (the high one is 0). */
export const DIRECTORY_POINTER = 89; // ... 92
/** The page attribute table (MSR 277h), exclusive or its value after a reset, in halves. */
export const PAT_CHANGE_LOW = 93;
export const PAT_CHANGE_HIGH = 94;
const I32_SLOTS = 112;

/** Instructions retired. */
export const F_ICOUNT = 0;
/** The engine stops before the instruction with this number. */
export const F_DEADLINE = 1;
/** Maskable interrupts wait at the boundary with this icount (after STI, MOV SS, POP SS). */
export const F_INHIBIT = 2;
/** Debug traps and code breakpoints, too, wait at the boundary with this icount (after MOV SS, POP SS). */
export const F_INHIBIT_TRAPS = 3;
/** Highest offset that a read (write) through segment register r may touch: slot = F_READ_LIMIT + r; -1: check in full. */
export const F_READ_LIMIT = 8;
export const F_WRITE_LIMIT = 16;
const F64_SLOTS = 24;

// x87 and SSE, slots of `floats`. Registers R0-R7 of three words each: significand low and high, sign and exponent.
export const X87_REGISTER = 0;
export const X87_CONTROL = 24;
export const X87_STATUS = 25; // TOP included
/** A bit for each register that isn't empty; the finer tags are worked out when they are stored. */
export const X87_IN_USE = 26;
export const X87_OPCODE = 27; // of the last instruction that isn't control, with its place and its operand's
export const X87_CODE_OFFSET = 28;
export const X87_CODE_SELECTOR = 29;
export const X87_DATA_OFFSET = 30;
export const X87_DATA_SELECTOR = 31;
export const MXCSR = 32;
export const XMM = 36; // XMM0-XMM7, four words each
export const FLOAT_SLOTS = 68;

export const NO_FAULT = -1;
/** In place of a vector: the instruction waits for an interrupt, and is tried again. */
export const WAIT = 256;
export const NO_ERROR_CODE = -1;

export interface CpuState {
  /** All of it, for saving and loading. */
  readonly bytes: Uint8Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly floats: Int32Array;
}

/** Where the f64 slots begin, in bytes after the i32 ones' begin. */
export const F64_OFFSET = I32_SLOTS * 4;
/** Where `floats` begin, likewise. */
export const FLOATS_OFFSET = F64_OFFSET + F64_SLOTS * 8;
const STATE_BYTES = FLOATS_OFFSET + FLOAT_SLOTS * 4;

/** A state with no fault pending, at an offset of its own in the arena. */
export function createState(arena?: Arena): CpuState {
  const buffer = arena?.buffer ?? new ArrayBuffer(STATE_BYTES);
  const offset = arena?.take(STATE_BYTES) ?? 0;
  const state = {
    bytes: new Uint8Array(buffer, offset, STATE_BYTES),
    i32: new Int32Array(buffer, offset, I32_SLOTS),
    f64: new Float64Array(buffer, offset + F64_OFFSET, F64_SLOTS),
    floats: new Int32Array(buffer, offset + FLOATS_OFFSET, FLOAT_SLOTS),
  };
  state.i32[FAULT] = NO_FAULT;
  state.i32[FAULT_CODE] = NO_ERROR_CODE;
  state.i32[A20_MASK] = -1;
  state.f64[F_INHIBIT] = -1;
  state.f64[F_INHIBIT_TRAPS] = -1;
  return state;
}
