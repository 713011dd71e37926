import { describe, expect, test } from 'vitest';
import { fillByteAt } from '../../../emulator/index.ts';
import { compareTraces } from '../../../harness/compare/index.ts';
import { makeRunView, type RunView, type ViewConfig } from '../../../harness/lenses/index.ts';
import { loadSymbols, type TypeNode } from '../../../harness/symbols/index.ts';
import { SyntheticRun, type SyntheticSymbol } from './synthetic-run.ts';

const WORK: SyntheticSymbol = { name: 'work', start: 0x9000, sizeBytes: 32, kind: 'function' };
const TOTAL: SyntheticSymbol = { name: 'total', start: 0xa000, sizeBytes: 8, kind: 'object' };

function runOf(act: (run: SyntheticRun) => void, symbols = [WORK, TOTAL], config: ViewConfig = {}): RunView {
  const run = new SyntheticRun(symbols);
  run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
  run.store('work', 0xb000, 7); // the kernel runs
  act(run);
  return makeRunView(run.stop(), config);
}

function verdictOf(golden: RunView, actual: RunView): string {
  const verdict = compareTraces(golden, actual);
  return verdict.kind === 'same' ? 'same' : verdict.causes.map(({ paragraph }) => paragraph).join('\n');
}

describe('a value that passes between two port writes', () => {
  const passing = (port: number) => (run: SyntheticRun) => {
    run.store('work', 0xa000, 1);
    run.event({ kind: 'port-write', port, value: 0x41, size: 1, eip: 0x9000 });
    run.store('work', 0xa000, 2);
  };
  const config: ViewConfig = { masks: [{ kind: 'facts', lens: 'ports', key: '0x80 <- *', reason: 'progress codes' }] };

  test('is seen at a port of a chip', () => {
    const golden = runOf((run) => run.store('work', 0xa000, 2));
    expect(verdictOf(golden, runOf(passing(0x43)))).toMatch(/total: value 1 is 1/);
  });

  test('is not seen where log lines go', () => {
    const golden = runOf((run) => run.store('work', 0xa000, 2));
    expect(verdictOf(golden, runOf(passing(0xe9)))).toBe('same');
  });

  test('is not seen at a write that a mask hides', () => {
    const golden = runOf((run) => run.store('work', 0xa000, 2), [WORK, TOTAL], config);
    expect(verdictOf(golden, runOf(passing(0x80), [WORK, TOTAL], config))).toBe('same');
  });
});

describe('numbers', () => {
  const other = { ...TOTAL, name: 'other', start: 0xa020 };
  const storing = (value: number) => (run: SyntheticRun) => run.store('work', 0xa000, value);

  test('one that looks like a pointer is the same number wherever it would point to', () => {
    const golden = runOf(storing(0xa022), [WORK, TOTAL, other]);
    expect(verdictOf(golden, runOf(storing(0xa022), [WORK, TOTAL, { ...other, start: 0xa018 }]))).toBe('same');
    expect(verdictOf(golden, runOf(storing(0xa023), [WORK, TOTAL, other]))).toMatch(/value 1 is &other\+0x3/);
  });

  test('the start of another thing at the same address is another pointer', () => {
    const golden = runOf(storing(0xa020), [WORK, TOTAL, other]);
    const actual = runOf(storing(0xa020), [WORK, TOTAL, { ...other, name: 'another' }, { ...other, start: 0xa040 }]);
    expect(verdictOf(golden, actual)).toMatch(/value 1 is &another, .*golden &other/);
  });

  test('a pointer to where two names begin is one to either', () => {
    const label = { name: 'data', start: 0xa100, sizeBytes: 0, kind: 'object' } as const;
    const pointing = (...names: readonly SyntheticSymbol[]) =>
      runOf((run) => run.store('work', 0xa000, 0xa100), [WORK, TOTAL, ...names]);
    const first = { ...label, name: 'first', sizeBytes: 4 };
    const golden = pointing(first, label);
    expect(verdictOf(golden, pointing({ ...first, start: 0xa200 }, label))).toBe('same');
    expect(verdictOf(golden, pointing(first, { ...label, start: 0xa200 }))).toBe('same');
    expect(verdictOf(golden, pointing({ ...first, name: 'other' }, { ...first, start: 0xa200 }))).not.toBe('same');
  });

  test('a pointer to a literal is one to it even where a label begins', () => {
    const label = { ...TOTAL, name: 'table_end', start: 0xa060, sizeBytes: 0 };
    const pointing = (to: number, text: string, symbols: readonly SyntheticSymbol[] = []) =>
      runOf(
        (run) => {
          run.load(to, [...Buffer.from(`${text}\0`)]);
          run.store('work', 0xa000, to);
        },
        [WORK, TOTAL, ...symbols],
      );
    const golden = pointing(0xa040, 'ready');
    expect(verdictOf(golden, pointing(0xa060, 'ready', [label]))).toBe('same');
    expect(verdictOf(golden, pointing(0xa060, 'gone', [label]))).toMatch(/value 1 is &table_end, .*golden "ready"/);
  });

  test('a variable of one byte reads like one of four', () => {
    const narrow = runOf((run) => run.store('work', 0xa000, 5, 1), [WORK, { ...TOTAL, sizeBytes: 1 }]);
    const wide = runOf((run) => run.store('work', 0xa000, 5), [WORK, { ...TOTAL, sizeBytes: 4 }]);
    expect(verdictOf(narrow, wide)).toBe('same');
  });

  test('what is copied from memory that nobody has written says nothing but that', () => {
    const patternAt = (address: number) => {
      const run = new SyntheticRun([WORK, TOTAL], { ramFill: { kind: 'pattern', seed: 5 } as never });
      run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
      run.store('work', 0xa000, patternWordAt(5, address));
      return makeRunView(run.stop());
    };
    expect(verdictOf(patternAt(0x2_0000), patternAt(0x3_0000))).toBe('same');
  });
});

test('a short variable of assembly is compared, an entry of a table that is put together from pieces is not', () => {
  const count: SyntheticSymbol = { ...TOTAL, name: 'count', start: 0xa010, sizeBytes: 2 };
  const table: SyntheticSymbol = { ...TOTAL, name: 'gdt', start: 0xa020, sizeBytes: 24 };
  const storing = (linear: number, value: number) => {
    const run = new SyntheticRun([WORK, TOTAL, count, table]);
    run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
    run.store('work', linear, value, 2);
    const reader = run.stop();
    const type: TypeNode = { kind: 'base', name: 'u64', sizeBytes: 8, encoding: 'unsigned' };
    const symbols = loadSymbols(reader.file('symbols') ?? new Uint8Array(), 'kernel.elf');
    // Debug information knows the variables of C alone.
    return makeRunView(
      reader,
      {},
      Object.assign(symbols, { typeOf: (name: string) => (name === 'total' ? type : undefined) }),
    );
  };
  expect(verdictOf(storing(0xa010, 1), storing(0xa010, 2))).toMatch(/^memory: count: value 1 is 2/);
  expect(verdictOf(storing(0xa02a, 1), storing(0xa02a, 2))).toBe('same');
});

test('a kernel that a boot loader starts has a stack from the first push on', () => {
  const pushing = (isKernel: boolean, esp: number) => {
    const run = new SyntheticRun([WORK, TOTAL], {}, isKernel);
    run.load(0x9000, [0x50]); // push eax
    run.storeAt(0x9000, esp, 1);
    run.store('work', 0xa000, esp);
    return makeRunView(run.stop());
  };
  expect(verdictOf(pushing(true, 0x8ff0), pushing(true, 0x8fd0))).toBe('same');
  expect(verdictOf(pushing(false, 0x8ff0), pushing(false, 0x8fd0))).toMatch(/^memory: total: value 1 is 0x8fd0/);
});

describe('what start-up code clears', () => {
  const clear = (size: 1 | 4) => (run: SyntheticRun) => {
    for (let linear = 0xa000; linear < 0xa010; linear += size) run.store('work', linear, 0, size);
    run.event({ kind: 'step', text: 'cleared' });
    run.store('work', 0xa00a, 3);
  };
  const odd: SyntheticSymbol = { name: 'odd', start: 0xa00a, sizeBytes: 4, kind: 'object' };

  test('reads alike in bytes, in dwords, and when nobody does', () => {
    const symbols = [WORK, { ...TOTAL, sizeBytes: 10 }, odd];
    const byBytes = runOf(clear(1), symbols);
    expect(verdictOf(byBytes, runOf(clear(4), symbols))).toBe('same');
    expect(
      verdictOf(
        byBytes,
        runOf((run) => run.store('work', 0xa00a, 3), symbols),
      ),
    ).toBe('same');
  });
});

/** The word that a pattern puts at a physical address. */
function patternWordAt(seed: number, physical: number): number {
  return [3, 2, 1, 0].reduce((word, i) => ((word << 8) | fillByteAt({ kind: 'pattern', seed }, physical + i)) >>> 0, 0);
}
