import { describe, expect, test } from 'vitest';
import { compareOutcome, runVector, type VectorOutcome } from './run-vector.ts';
import { summarise } from './summary.ts';
import { loadVectors, type Vector } from './vectors.ts';

const { gdt, ...file } = loadVectors();
const vectors = Array.from({ length: file.count }, (_, index) => file.at(index));

function expectedOutcome(vector: Vector): VectorOutcome {
  return { registers: vector.after, memory: vector.memoryAfter, pages: vector.pagesAfter, exception: vector.exception };
}

function find(form: string, accept: (vector: Vector) => boolean): Vector {
  const found = vectors.find((vector) => vector.form === form && accept(vector));
  if (found === undefined) throw new Error(`no vector of form ${form}`);
  return found;
}

describe('the vectors', () => {
  test('each agrees with its own expectation', () => {
    expect(vectors.filter((vector) => compareOutcome(vector, expectedOutcome(vector)).length > 0)).toEqual([]);
  });

  test('one that leaves the state as it was is not taken for ADD', () => {
    const vector = find('01 add m32,r32', ({ mode }) => mode === 'prot32');
    const unchanged = {
      registers: vector.before,
      memory: vector.memoryBefore,
      pages: vector.pagesBefore,
      exception: undefined,
    };
    const text = compareOutcome(vector, unchanged).join('; ');
    expect(text).toMatch(/eip: expected/);
    expect(text).toMatch(/memory [0-9a-f]+: expected/);
  });

  test('ADD means the sum, in registers and flags', () => {
    for (const vector of vectors.filter((v) => v.form === '05 add w32,imm32' && v.exception === undefined)) {
      const immediate = Buffer.from(vector.code).readUInt32LE(vector.code.length - 4);
      const sum = vector.before.general[0] + immediate;
      expect(vector.after.general[0]).toBe(sum >>> 0);
      expect(vector.after.eflags & 1).toBe(sum > 0xffffffff ? 1 : 0);
    }
  });

  test('LODSB loads the byte that the fill pattern puts at DS:SI', () => {
    for (const vector of vectors.filter(({ form, mode }) => form === 'ac lods w8' && mode === 'prot32')) {
      const guard = 4;
      expect(vector.after.general[0] & 0xff).toBe(vector.memoryBefore[0].bytes[guard]);
    }
  });

  test('a flag the manual leaves undefined is not compared, its neighbours are', () => {
    const vector = find('21 and r32,r32', () => true);
    const withFlags = (eflags: number) => ({
      ...expectedOutcome(vector),
      registers: { ...vector.after, eflags },
    });
    expect(compareOutcome(vector, withFlags(vector.after.eflags ^ 0x10))).toEqual([]);
    expect(compareOutcome(vector, withFlags(vector.after.eflags ^ 0x40))[0]).toMatch(/^eflags ZF: /);
  });

  test('an error code is part of an exception', () => {
    const vector = find('8e mov ds,r16', ({ exception }) => exception?.errorCode !== undefined);
    const without = { ...expectedOutcome(vector), exception: { vector: 13, errorCode: undefined, linear: undefined } };
    expect(compareOutcome(vector, without)[0]).toMatch(/^exception: /);
  });

  test('real mode has no error codes', () => {
    const withCode = vectors.filter((v) => v.mode === 'real16' && v.exception?.errorCode !== undefined);
    expect(withCode).toEqual([]);
  });

  test('a target that throws is a difference, named in the summary', () => {
    const target = {
      run: () => {
        throw new Error('no such form');
      },
    };
    const differences = runVector(target, vectors[0]);
    expect(differences).toEqual(['threw no such form']);
    expect(summarise(vectors.slice(0, 1), [{ vector: vectors[0], differences }])).toContain(vectors[0].form);
  });

  test('the summary lists one failure of each form before a second of any', () => {
    const failures = vectors.slice(0, 200).map((vector) => ({ vector, differences: ['any'] }));
    const listed = [...summarise(vectors, failures).matchAll(/^#(\d+) /gm)].map(
      ([, index]) => vectors[Number(index)].form,
    );
    expect(listed).toHaveLength(20);
    expect(new Set(listed).size).toBe(Math.min(20, new Set(failures.map(({ vector }) => vector.form)).size));
  });

  test('every selector a vector starts with is in the GDT', () => {
    const protectedOnes = vectors.filter(({ mode }) => mode !== 'real16' && mode !== 'v86');
    const isThere = (selector: number): boolean => selector < gdt.length;
    expect(protectedOnes.filter(({ before }) => !before.segments.every(isThere))).toEqual([]);
  });
});
