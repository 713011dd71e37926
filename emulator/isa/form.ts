import { ENCODINGS, type Encoding } from './encodings.ts';
import { type FormShape, Lift } from './lift.ts';
import type { MicroOp } from './micro-op.ts';
import { verifyOrder } from './verify.ts';

/** An instruction's row in one shape, lifted once: what the engines execute and cache by. */
export interface Form {
  readonly id: number;
  readonly name: string; // "add Ev Gv, dword, memory"
  readonly encoding: Encoding;
  readonly shape: FormShape;
  readonly ops: readonly MicroOp[];
  readonly tempCount: number;
  /** Changes nothing but EIP: when that stays, too, the machine stands still until something interrupts it. */
  readonly isStateless: boolean;
}

const SHAPES = 24;
const REPEATS = ['none', 'repe', 'repne'] as const;
const forms: (Form | undefined)[] = [];
const rowNumbers = new Map(ENCODINGS.map((encoding, index) => [encoding, index]));

/** The form of a row in a shape; made and verified on first use. */
export function formOf(encoding: Encoding, shape: FormShape): Form {
  const row = rowNumbers.get(encoding) ?? -1;
  const id =
    row * SHAPES +
    (shape.operandBytes === 4 ? 1 : 0) +
    (shape.addressBytes === 4 ? 2 : 0) +
    (shape.isMemory ? 4 : 0) +
    REPEATS.indexOf(shape.repeat) * 8;
  forms[id] ??= makeForm(id, encoding, shape);
  return forms[id];
}

function makeForm(id: number, encoding: Encoding, shape: FormShape): Form {
  const lift = new Lift(shape, encoding.operands);
  encoding.semantics(lift);
  const { ops, tempCount } = lift;
  const name = formName(encoding, shape);
  verifyOrder(name, ops);
  return { id, name, encoding, shape, ops, tempCount, isStateless: ops.every(isPure) };
}

/** Neither touches memory nor calls anything nor changes state other than EIP. */
function isPure({ op }: MicroOp): boolean {
  return !['load', 'store', 'probe', 'setreg', 'flags', 'setbits', 'call'].includes(op);
}

function formName(encoding: Encoding, shape: FormShape): string {
  const words = [
    `${encoding.mnemonic} ${encoding.operands}`.trim(),
    shape.operandBytes === 4 ? 'dword' : 'word',
    `address${shape.addressBytes * 8}`,
    ...(shape.isMemory ? ['memory'] : []),
    ...(shape.repeat === 'none' ? [] : [shape.repeat]),
  ];
  return words.join(', ');
}
