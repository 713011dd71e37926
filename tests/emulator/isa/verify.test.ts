import { describe, expect, test } from 'vitest';
import { ENCODINGS } from '../../../emulator/isa/encodings.ts';
import { formOf } from '../../../emulator/isa/form.ts';
import { type FormShape, Lift } from '../../../emulator/isa/lift.ts';
import type { MicroOp } from '../../../emulator/isa/micro-op.ts';
import { verifyOrder } from '../../../emulator/isa/verify.ts';

const SHAPE: FormShape = { operandBytes: 4, addressBytes: 4, isMemory: true, repeat: 'none' };
const DS = 3;

function lifted(semantics: (l: Lift) => void): readonly MicroOp[] {
  const lift = new Lift(SHAPE, 'Ev Gv');
  semantics(lift);
  return lift.ops;
}

function verify(semantics: (l: Lift) => void): void {
  verifyOrder('form under test', lifted(semantics));
}

describe('the verifier', () => {
  test('rejects a store after a register write', () => {
    const bad = (l: Lift): void => {
      l.setReg(0, 4, l.const(1));
      l.store(DS, l.address(), 4, l.const(1));
    };
    expect(() => verify(bad)).toThrow(/form under test: store may fault after setreg has changed state/);
  });

  test('rejects a load after a store, a jump check after a push and a fault after flags', () => {
    const loadAfterStore = (l: Lift): void => {
      l.store(DS, l.address(), 4, l.const(1));
      l.load(DS, l.const(8), 4);
    };
    const checkAfterStore = (l: Lift): void => {
      l.store(DS, l.address(), 4, l.const(1));
      l.checkTarget(l.const(8));
    };
    const raiseAfterFlags = (l: Lift): void => {
      l.setBits(1, l.const(1));
      l.raiseIf(l.const(1), 5);
    };
    const helperAfterRegister = (l: Lift): void => {
      l.setReg(0, 4, l.const(1));
      l.call('divide', l.const(0), l.const(1), l.const(1), l.const(4));
    };
    for (const bad of [loadAfterStore, checkAfterStore, raiseAfterFlags, helperAfterRegister]) {
      expect(() => verify(bad)).toThrow(/may fault after/);
    }
  });

  test('accepts a store at an offset that was read for writing or probed', () => {
    verify((l) => {
      const offset = l.address();
      const a = l.load(DS, offset, 4, true);
      l.setReg(0, 4, a);
      l.store(DS, offset, 4, a);
    });
    verify((l) => {
      const second = l.const(8);
      l.probe(DS, second, 4);
      l.store(DS, l.address(), 4, l.const(1));
      l.store(DS, second, 4, l.const(1));
    });
  });

  test('does not take a probe of one place for one of another', () => {
    const otherSegment = (l: Lift): void => {
      const offset = l.address();
      l.probe(DS, offset, 4);
      l.setReg(0, 4, l.const(1));
      l.store(0, offset, 4, l.const(1));
    };
    const plainLoad = (l: Lift): void => {
      const a = l.load(DS, l.address(), 4);
      l.setReg(0, 4, a);
      l.store(DS, l.address(), 4, a);
    };
    expect(() => verify(otherSegment)).toThrow(/store may fault/);
    expect(() => verify(plainLoad)).toThrow(/store may fault/);
  });
});

describe('every row of the instruction table', () => {
  const shapes = ([2, 4] as const).flatMap((operandBytes) =>
    ([2, 4] as const).flatMap((addressBytes) =>
      [true, false].map((isMemory) => ({ operandBytes, addressBytes, isMemory })),
    ),
  );

  const canBe = (operands: string, isMemory: boolean): boolean =>
    isMemory ? /\b[EMO]/.test(operands) : !/\b[MO]/.test(operands);

  test.each([true, false])('lifts in every shape and passes the verifier, operand in memory: %s', (isMemory) => {
    for (const encoding of ENCODINGS.filter(({ operands }) => canBe(operands, isMemory))) {
      const repeats = encoding.repeats === undefined ? (['none'] as const) : (['none', 'repe', 'repne'] as const);
      for (const shape of shapes.filter((candidate) => candidate.isMemory === isMemory)) {
        for (const repeat of repeats) {
          const form = formOf(encoding, { ...shape, repeat }); // lifts and verifies
          expect(usesBeforeDefinition(form.ops), form.name).toEqual([]);
        }
      }
    }
  });

  test('is lifted once for each shape', () => {
    const [encoding] = ENCODINGS;
    const shape = { operandBytes: 4, addressBytes: 4, isMemory: true, repeat: 'none' } as const;
    expect(formOf(encoding, shape)).toBe(formOf(encoding, { ...shape }));
  });

  test('no two shapes share a form', () => {
    const ids = ENCODINGS.flatMap((encoding) =>
      shapes
        .filter(({ isMemory }) => canBe(encoding.operands, isMemory))
        .map((shape) => formOf(encoding, { ...shape, repeat: 'none' }).id),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** Temporaries read before an op has given them a value. */
function usesBeforeDefinition(ops: readonly MicroOp[]): readonly string[] {
  const defined = new Set<number>();
  return ops.flatMap((op) => {
    const fields = op as unknown as Readonly<Record<string, unknown>>;
    const named = ['a', 'b', 'c', 'r', 'offset'].map((name) => fields[name]);
    const used = [...named, ...(op.op === 'call' ? op.args : [])].filter((temp) => typeof temp === 'number');
    const missing = used.filter((temp) => !defined.has(temp));
    if ('d' in op) defined.add(op.d);
    return missing.map((temp) => `${op.op} reads t${temp}`);
  });
}
