import type { HelperName } from './helper-names.ts';

/** A value computed by an earlier micro-op of the same instruction: a 32-bit integer. */
export type Temp = number;
export type Size = 1 | 2 | 4;

/** A general register: a fixed one by number, or the one that the decoded instruction names. */
export type RegisterRef = number | 'reg' | 'rm';
/** A segment register: a fixed one by number, or the one that the decoded instruction's address goes through. */
export type SegmentRef = number | 'segment';
/** Numbers of a decoded instruction that a micro-op can take as a value. */
export type InsnField = 'imm' | 'imm2' | 'reg' | 'rm' | 'modrm' | 'segment';

/** State that semantics read directly; cpu/state.ts says where it is. */
export type SlotName = 'stackMask' | 'result2' | 'gdtrBase' | 'gdtrLimit' | 'idtrBase' | 'idtrLimit' | 'cr0';

export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'mulhu'
  | 'mulhs'
  | 'remu'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr'
  | 'sar';
/** Comparisons give 1 or 0; `ltu` unsigned, `lts` signed. */
export type CompareOp = 'eq' | 'ne' | 'ltu' | 'lts';

/**
 * The whole vocabulary of the back ends. They know these and nothing about x86. Values are 32-bit; an op that takes
 * fewer bytes uses the low ones. Reads of 1 and 2 bytes give zero-extended values.
 */
export type MicroOp =
  | { readonly op: 'const'; readonly d: Temp; readonly value: number }
  | { readonly op: 'field'; readonly d: Temp; readonly name: InsnField }
  | { readonly op: 'eip'; readonly d: Temp } // of this instruction
  | { readonly op: 'next'; readonly d: Temp } // EIP of the following one
  | { readonly op: 'getreg'; readonly d: Temp; readonly size: Size; readonly from: RegisterRef }
  | { readonly op: 'setreg'; readonly size: Size; readonly to: RegisterRef; readonly a: Temp }
  | { readonly op: 'getslot'; readonly d: Temp; readonly slot: SlotName }
  | { readonly op: 'selector'; readonly d: Temp; readonly of: number | 'reg' } // of a segment register, 6 = LDTR, 7 = TR
  | { readonly op: 'ea'; readonly d: Temp; readonly addressBytes: 2 | 4 } // base + index << scale + disp
  | { readonly op: BinaryOp | CompareOp; readonly d: Temp; readonly a: Temp; readonly b: Temp }
  | { readonly op: 'sext' | 'zext'; readonly d: Temp; readonly a: Temp; readonly size: 1 | 2 }
  | { readonly op: 'ctz' | 'clz'; readonly d: Temp; readonly a: Temp } // 32 for 0
  | { readonly op: 'select'; readonly d: Temp; readonly c: Temp; readonly a: Temp; readonly b: Temp } // c != 0 ? a : b
  // memory; each may fault
  | {
      readonly op: 'load';
      readonly d: Temp;
      readonly segment: SegmentRef;
      readonly offset: Temp;
      readonly size: Size;
      readonly isForWrite: boolean;
    }
  | { readonly op: 'store'; readonly segment: SegmentRef; readonly offset: Temp; readonly size: Size; readonly a: Temp }
  | { readonly op: 'probe'; readonly segment: SegmentRef; readonly offset: Temp; readonly size: Size }
  // flags: `flags` by rule (see flags.ts), `setbits` some bits of EFLAGS from a value, only when `c` is nonzero if given
  | {
      readonly op: 'flags';
      readonly kind: number;
      readonly size: Size;
      readonly r: Temp;
      readonly a: Temp;
      readonly b: Temp;
      readonly c?: Temp;
    }
  | { readonly op: 'setbits'; readonly mask: number; readonly a: Temp; readonly c?: Temp }
  | { readonly op: 'getbits'; readonly d: Temp; readonly mask: number }
  | { readonly op: 'cond'; readonly d: Temp; readonly code: number } // condition code 0-15 of Jcc: 1 or 0
  // flow
  | { readonly op: 'endif'; readonly c: Temp } // the instruction is done here
  | { readonly op: 'checkip'; readonly a: Temp; readonly c?: Temp } // #GP(0) when a jump to EIP a would leave the code segment
  | { readonly op: 'jump'; readonly a: Temp }
  | { readonly op: 'jumpif'; readonly c: Temp; readonly a: Temp }
  | { readonly op: 'raiseif'; readonly c: Temp; readonly vector: number; readonly errorCode: number }
  | { readonly op: 'call'; readonly d: Temp; readonly helper: HelperName; readonly args: readonly Temp[] };

export type MicroOpName = MicroOp['op'];
