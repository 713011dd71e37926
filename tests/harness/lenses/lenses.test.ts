import { describe, expect, test } from 'vitest';
import {
  type Fact,
  LENSES,
  type LensName,
  makeRunView,
  type RunView,
  type ViewConfig,
} from '../../../harness/lenses/index.ts';
import { SyntheticRun, type SyntheticSymbol } from './synthetic-run.ts';

const SYMBOLS: readonly SyntheticSymbol[] = [
  { name: 'work', start: 0x9000, sizeBytes: 32, kind: 'function' },
  { name: 'caller', start: 0x9020, sizeBytes: 32, kind: 'function' },
  { name: 'other.isra.0', start: 0x9040, sizeBytes: 32, kind: 'function' },
  { name: 'total', start: 0xa000, sizeBytes: 8, kind: 'object' },
  { name: 'name.1', start: 0xa010, sizeBytes: 8, kind: 'object' },
];

function runOf(act: (run: SyntheticRun) => void, config: ViewConfig = {}, spec = {}): RunView {
  const run = new SyntheticRun(SYMBOLS, spec);
  run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
  act(run);
  return makeRunView(run.stop(), config);
}

function facts(lens: LensName, view: RunView): readonly Fact[] {
  return LENSES[lens].facts(view, 'behaviour');
}

function texts(lens: LensName, act: (run: SyntheticRun) => void, config: ViewConfig = {}, spec = {}) {
  return facts(lens, runOf(act, config, spec)).map((fact) => fact.text);
}

/** What every cell of an object held, as it is compared. */
function histories(view: RunView, object: string): readonly (readonly string[])[] {
  const fact = facts('memory', view).find((each) => each.track === object);
  if (fact?.detail?.kind !== 'cells') return [];
  const { cells, history } = fact.detail;
  return Array.from(cells().offsets, (_, index) => history(index).values.map((value) => value.normal));
}

describe('allocations', () => {
  test('a call is known by its allocator and the functions around it, without suffixes of the compiler', () => {
    const [fact] = facts(
      'allocations',
      runOf((run) => void run.probe('alloc', [16], 0x10_0000, 'other.isra.0', 'caller')),
    );
    expect(fact).toMatchObject({ key: 'alloc from other<caller', text: 'alloc(16) returns heap+0x0' });
    expect(fact.at).toMatchObject({ function: 'other', callers: ['caller'] });
  });

  test('a result of 0 is a failure', () => {
    expect(texts('allocations', (run) => void run.probe('alloc', [16], 0, 'work'))).toEqual([
      'alloc(16) fails (returns 0)',
    ]);
  });

  test('a call without a return never returns', () => {
    const act = (run: SyntheticRun) =>
      run.event({ kind: 'probe-call', probe: 'alloc', call: 0, args: [4], esp: 0, ebp: 0, callers: [] });
    expect(texts('allocations', act)).toEqual(['alloc(4) never returns']);
  });

  const allocators = [{ name: 'alloc' }, { name: 'free', kind: 'free' as const }];

  test('a block that was freed can be handed out again without an overlap', () => {
    const act = (run: SyntheticRun) => {
      run.probe('alloc', [16], 0x10_0000, 'work');
      run.probe('free', [0x10_0000], 0, 'work');
      run.probe('alloc', [16], 0x10_0000, 'work');
    };
    const [, freed, again] = texts('allocations', act, { allocators });
    expect(freed).toBe('free(heap+0x0, alloc(16) in work #1)');
    expect(again).toBe('alloc(16) returns heap+0x0');
  });

  test('a second free of a block is told of', () => {
    const act = (run: SyntheticRun) => {
      run.probe('alloc', [16], 0x10_0000, 'work');
      run.probe('free', [0x10_0000], 0, 'work');
      run.probe('free', [0x10_0000], 0, 'work');
      run.probe('free', [0x10_1000], 0, 'work');
    };
    const [, , twice, never] = texts('allocations', act, { allocators });
    expect(twice).toMatch(/\(freed before\)/);
    expect(never).toMatch(/\(never handed out\)/);
  });
});

describe('memory', () => {
  test('pointers are compared by what they point to', () => {
    const view = runOf((run) => {
      const block = run.probe('alloc', [16], 0x10_0010, 'work');
      for (const value of [block + 4, 0x9040, 0x9048, 0xa004, 5, 0x1234_5678]) {
        run.store('work', 0xa000, value);
        run.event({ kind: 'step', text: 'look' });
      }
    });
    expect(histories(view, 'total')).toEqual([
      ['&alloc from work #1+0x4', '&other', 'in other', '&total+0x4', '5', '0x12345678'],
    ]);
  });

  test('a pointer to a string in the image is compared by the string', () => {
    const view = runOf((run) => {
      run.load(0xa100, [...'Hi'].map((each) => each.charCodeAt(0)).concat(0));
      run.store('work', 0xa000, 0xa100);
    });
    expect(histories(view, 'total')).toEqual([['"Hi"']]);
  });

  test('stores of bytes and one store of a word are the same value', () => {
    const bytes = runOf((run) => {
      for (let i = 0; i < 4; i++) run.storeAt(0x9004 + i, 0xa000 + i, i + 1, 1);
    });
    const word = runOf((run) => run.store('work', 0xa000, 0x0403_0201));
    expect(histories(bytes, 'total')).toEqual(histories(word, 'total'));
  });

  test('a word across two cells is stored to both', () => {
    const view = runOf((run) => run.store('work', 0xa002, 0x4433_2211));
    expect(histories(view, 'total')).toEqual([['0x2211..../12'], ['0x4433/3']]);
  });

  test('storing the value that is there already is no event', () => {
    const view = runOf((run) => {
      run.store('work', 0xa000, 7);
      run.store('caller', 0xa000, 7);
    });
    expect(histories(view, 'total')).toEqual([['7']]);
  });

  test('statics are known by the name in the source', () => {
    const view = runOf((run) => run.store('work', 0xa010, 7));
    expect(facts('memory', view).map((fact) => fact.track)).toEqual(['name']);
  });

  test('what PUSH stores is no content of a block, nor is anything between pushed words', () => {
    const view = runOf((run) => {
      run.probe('alloc', [4096], 0x10_0000, 'work');
      run.load(0x9004, [0x50]); // push eax
      run.load(0x9024, [0x89, 0x03]); // mov [ebx], eax
      run.store('work', 0x10_0ffc, 1);
      run.store('work', 0x10_0f00, 2);
      run.store('caller', 0x10_0f80, 3);
      run.store('caller', 0x10_0000, 4);
    });
    expect(histories(view, 'alloc from work #1')).toEqual([['4']]);
  });

  test('a push to another block is a switch of stacks', () => {
    const view = runOf((run) => {
      run.probe('alloc', [4096], 0x10_0000, 'work');
      run.probe('alloc', [4096], 0x10_1000, 'work');
      run.load(0x9004, [0x50]); // push eax
      for (const linear of [0x10_0ffc, 0x10_0ff8, 0x10_1ffc, 0x10_0ff4]) run.store('work', linear, 1);
    });
    expect(facts('memory', view).map((fact) => fact.key)).toEqual([
      'alloc from work #1',
      'alloc from work #2',
      'alloc from work #1',
    ]);
  });

  test('visible text memory belongs to the screen lens, what lies behind it does not', () => {
    const view = runOf((run) => {
      run.store('work', 0xb8000, 0x0f41, 2);
      run.store('work', 0xb8fa0, 0x0f41, 2);
    });
    expect(facts('memory', view).map((fact) => fact.track)).toEqual(['memory at 0xb8000']);
    expect(histories(view, 'memory at 0xb8000')).toHaveLength(1);
  });

  test('values past the bound still count', () => {
    const count = (last: number) =>
      runOf((run) => {
        for (let i = 1; i <= 300; i++) {
          run.store('work', 0xa000, i);
          run.event({ kind: 'step', text: 'look' });
        }
        run.store('work', 0xa000, last);
      });
    const [a, b] = [facts('memory', count(1000))[0], facts('memory', count(1001))[0]];
    expect(a.value).not.toBe(b.value);
    expect(LENSES.memory.explain(a, b)?.text).toMatch(/its history differs after value 256/);
  });
});

describe('paging', () => {
  const DIRECTORY = 0x10_0000;
  const TABLE = 0x10_1000;

  const POINTERS = 0x10_5020; // not at the start of a page
  const PAE_DIRECTORY = 0x10_3000;
  const PAE_TABLE = 0x10_4000;

  function extended(run: SyntheticRun): void {
    const entry = (at: number, low: number, high = 0) => {
      run.store('work', at, low);
      run.store('work', at + 4, high);
    };
    for (let i = 0; i < 4; i++) entry(POINTERS + i * 8, i === 0 ? DIRECTORY | 1 : i === 3 ? PAE_DIRECTORY | 1 : 0);
    for (let i = 0; i < 512; i++) entry(DIRECTORY + i * 8, i === 1 ? 0x20_0083 : 0);
    for (let i = 0; i < 512; i++) entry(PAE_DIRECTORY + i * 8, i === 2 ? PAE_TABLE | 3 : 0);
    for (let i = 0; i < 511; i++) entry(PAE_TABLE + i * 8, ((i + 2) << 12) | 3, i === 510 ? 0x8000_0000 : 0);
    entry(PAE_TABLE + 511 * 8, 0);
    run.event({ kind: 'control', register: 'cr3', value: POINTERS, eip: 0x9024 });
    run.event({ kind: 'control', register: 'cr4', value: 0x20, eip: 0x9026 });
    run.event({ kind: 'control', register: 'cr0', value: 0x8000_0001, eip: 0x9028 });
  }

  function paged(run: SyntheticRun): void {
    for (let i = 0; i < 1024; i++) run.store('work', DIRECTORY + i * 4, i === 0 ? TABLE | 3 : 0);
    for (let i = 0; i < 1024; i++) run.store('work', TABLE + i * 4, (i << 12) | 3);
    run.event({ kind: 'control', register: 'cr3', value: DIRECTORY, eip: 0x9024 });
    run.event({ kind: 'control', register: 'cr0', value: 0x8000_0001, eip: 0x9028 });
  }

  test('a space is what its tables map when it is first used', () => {
    const map = facts('paging', runOf(paged)).find((fact) => fact.detail?.kind === 'map');
    expect(map?.value).toBe('0x00000000-0x003fffff identity read/write, supervisor');
  });

  test('stores to tables of a live space are mapping changes, as ranges', () => {
    const found = texts('paging', (run) => {
      paged(run);
      for (let i = 16; i < 20; i++) run.store('work', TABLE + i * 4, (i << 12) | 1);
      run.store('work', TABLE, 0);
    });
    expect(found.slice(-2)).toEqual([
      'AS#1 linear 0x00000000-0x00000fff becomes not present',
      'AS#1 linear 0x00010000-0x00013fff becomes 0x10000, read-only, supervisor (directory entry: read/write, supervisor)',
    ]);
  });

  test('accessed and dirty bits that the processor sets are no mapping changes', () => {
    const found = texts('paging', (run) => {
      paged(run);
      run.storeAt(0x9004, TABLE, 0x23, 4, 'page-walk');
    });
    expect(found).toHaveLength(4);
  });

  test('with RAM that is not zero, entries that nobody wrote look present', () => {
    const spec = { ramFill: { kind: 'byte', value: 0xff } };
    const act = (run: SyntheticRun) => {
      run.store('work', DIRECTORY, TABLE | 3);
      for (let i = 0; i < 1024; i++) run.store('work', TABLE + i * 4, (i << 12) | 3);
      run.event({ kind: 'control', register: 'cr3', value: DIRECTORY, eip: 0x9024 });
      run.event({ kind: 'control', register: 'cr0', value: 0x8000_0001, eip: 0x9028 });
    };
    const last = texts('paging', act, {}, spec).at(-1);
    expect(last).toMatch(
      /nobody wrote, for linear 0x00400000-0xffffffff: by what RAM held before, 1023 of 1023 look present/,
    );
  });

  test('reloading the space that is loaded is a flush, and no load', () => {
    const found = texts('paging', (run) => {
      paged(run);
      run.event({ kind: 'control', register: 'cr3', value: DIRECTORY, eip: 0x9024 });
    });
    expect(found.filter((text) => text.startsWith('CR3'))).toEqual([
      expect.stringMatching(/as the directory of AS#1$/),
      'CR3 is loaded again with AS#1, which flushes the TLB',
    ]);
  });

  test('an entry that is stored to in steps changes once; stored to again much later, twice', () => {
    const changes = (pause: number) =>
      texts('paging', (run) => {
        paged(run);
        run.store('work', TABLE + 0x80, 0x30000);
        run.icount += pause;
        run.store('work', TABLE + 0x80, 0x31003);
      }).filter((text) => text.includes('becomes'));
    const last = 'AS#1 linear 0x00020000-0x00020fff becomes 0x31000, read/write, supervisor';
    expect(changes(20)).toEqual([last]);
    expect(changes(5000)).toEqual(['AS#1 linear 0x00020000-0x00020fff becomes not present', last]);
  });

  test('the order in which a loop stores to a table is not compared', () => {
    const change = (order: readonly number[]) =>
      facts(
        'paging',
        runOf((run) => {
          paged(run);
          for (const i of order) run.store('work', TABLE + i * 4, ((i + 8) << 12) | 3);
        }),
      ).filter((fact) => fact.key.startsWith('change'));
    expect(change([16, 17, 18]).map(({ key, value }) => [key, value])).toEqual([
      ['change of 0x00010000-0x00012fff', '0x18000 read/write, supervisor'],
    ]);
    expect(change([18, 16, 17]).map(({ key, value }) => [key, value])).toEqual(
      change([16, 17, 18]).map(({ key, value }) => [key, value]),
    );
  });

  test('a store to a table that two spaces share is a change in both', () => {
    const other = 0x10_2000;
    const found = texts('paging', (run) => {
      for (let i = 0; i < 1024; i++) run.store('work', other + i * 4, i === 1 ? TABLE | 3 : i === 0 ? TABLE | 3 : 0);
      paged(run);
      run.event({ kind: 'control', register: 'cr3', value: other, eip: 0x9024 });
      run.store('work', TABLE + 0x80, 0);
    });
    expect(found.filter((text) => text.includes('becomes'))).toEqual([
      'AS#2 linear 0x00020000-0x00020fff becomes not present',
      'AS#2 linear 0x00420000-0x00420fff becomes not present',
      'AS#1 linear 0x00020000-0x00020fff becomes not present',
    ]);
  });

  test('what is stored to a directory that is not in use shows when it is again, or at the end if only its tables changed', () => {
    const changes = (act: (run: SyntheticRun) => void) =>
      texts('paging', (run) => {
        paged(run);
        run.event({ kind: 'control', register: 'cr3', value: 0x10_2000, eip: 0x9024 });
        act(run);
      }).filter((text) => text.includes('AS#1') && text.includes('becomes'));
    const fill = (run: SyntheticRun) => {
      for (let i = 0; i < 1024; i += 2) run.store('work', DIRECTORY + i * 4, 0xffff_ffff);
    };
    expect(changes((run) => run.store('work', TABLE + 0x80, 0))).toHaveLength(1);
    expect(changes(fill)).toEqual([]);
    const again = changes((run) => {
      fill(run);
      run.event({ kind: 'control', register: 'cr3', value: DIRECTORY, eip: 0x9024 });
    });
    expect(again).toHaveLength(512);
  });

  test('a directory in the frame of one that was freed is a new space, and stores between them change no mapping', () => {
    const allocators = [{ name: 'alloc' }, { name: 'free', kind: 'free' as const }];
    const act = (run: SyntheticRun) => {
      run.probe('alloc', [4096], DIRECTORY, 'work');
      paged(run);
      run.event({ kind: 'control', register: 'cr3', value: TABLE, eip: 0x9024 });
      run.probe('free', [DIRECTORY], 0, 'work');
      run.store('work', DIRECTORY + 8, 0xffff_ffff);
      run.probe('alloc', [4096], DIRECTORY, 'work');
      run.event({ kind: 'control', register: 'cr3', value: DIRECTORY, eip: 0x9024 });
    };
    const found = texts('paging', act, { allocators });
    expect(found.filter((text) => text.includes('AS#1') && text.includes('becomes'))).toEqual([]);
    expect(found.filter((text) => text.startsWith('CR3')).map((text) => text.slice(-4))).toEqual([
      'AS#1',
      'AS#2',
      'AS#3',
    ]);
  });

  test('a use of a translation whose entry was changed tells who changed it, and is a finding', () => {
    const view = runOf((run) => {
      paged(run);
      run.store('caller', TABLE + 0x80, 0x30003);
      const [linear, physical, walked] = [0x20010, 0x20010, 0x30010];
      run.event({ kind: 'stale-translation', access: 'write', linear, physical, walked, eip: 0x9004 });
    });
    const fact = facts('paging', view).find((each) => each.track === 'stale translations');
    expect(fact?.finding).toMatch(
      /^stale translation: a write at linear 0x20010 still goes to physical 0x20010, though the page tables lead to physical 0x30010 since the store in caller/,
    );
    expect(fact?.at.function).toBe('work');
  });

  test('a page fault tells who did what to which page', () => {
    const act = (run: SyntheticRun) =>
      run.event({ kind: 'exception', vector: 14, eip: 0x9004, errorCode: 2, faultLinear: 0xc0_0000 });
    expect(texts('paging', act).at(-1)).toBe(
      'page fault: supervisor write to a page that is not present, linear 0x00c00000',
    );
  });

  test('a page-size entry maps 4 MiB only with CR4.PSE', () => {
    const act = (run: SyntheticRun) => {
      for (let i = 0; i < 1024; i++) run.store('work', DIRECTORY + i * 4, i === 1 ? 0x40_0083 : 0);
      run.event({ kind: 'control', register: 'cr4', value: 0x10, eip: 0x9024 });
      run.event({ kind: 'control', register: 'cr3', value: DIRECTORY, eip: 0x9024 });
      run.event({ kind: 'control', register: 'cr0', value: 0x8000_0001, eip: 0x9028 });
    };
    const map = facts('paging', runOf(act)).find((fact) => fact.detail?.kind === 'map');
    expect(map?.value).toBe('0x00400000-0x007fffff identity read/write, supervisor');
  });

  test('with PAE, four directories of 64-bit entries and pages of 2 MiB make up a space', () => {
    const map = facts('paging', runOf(extended)).find((fact) => fact.detail?.kind === 'map');
    expect(map?.value.split('\n')).toEqual([
      '0x00200000-0x003fffff identity read/write, supervisor',
      '0xc0400000-0xc05fdfff 0x2000 read/write, supervisor',
      '0xc05fe000-0xc05fefff 0x200000 read/write, supervisor, reserved bits set',
    ]);
  });

  test('with PAE, a store to a table is a change of its page, and one to the pointers counts from the next load of CR3', () => {
    const found = texts('paging', (run) => {
      extended(run);
      run.store('work', PAE_TABLE + 8, 0);
      run.store('work', POINTERS, 0);
      run.event({ kind: 'checkpoint', name: 'here', state: 'aa', chain: 'cafe' });
      run.event({ kind: 'control', register: 'cr3', value: POINTERS, eip: 0x9024 });
    });
    expect(found.slice(-3)).toEqual([
      'AS#1 linear 0xc0401000-0xc0401fff becomes not present',
      'CR3 is loaded again with AS#1, which flushes the TLB',
      'AS#1 maps 2040 KiB',
    ]);
  });
});

describe('traps, ports, serial', () => {
  test('how often a timer ticks does not matter, whether it goes on does', () => {
    const ticks = (count: number) =>
      facts(
        'traps',
        runOf((run) => {
          for (let i = 0; i < count; i++) run.event({ kind: 'interrupt', vector: 32, irq: 0, eip: 0x9004 });
        }),
      ).find((fact) => fact.key.startsWith('IRQ 0'))?.value;
    expect(ticks(7)).toBe(ticks(9));
    expect(ticks(1)).not.toBe(ticks(9));
  });

  test('every interrupt that answers an input counts', () => {
    const keys = (count: number) =>
      facts(
        'traps',
        runOf((run) => {
          for (let i = 0; i < count; i++) run.event({ kind: 'interrupt', vector: 33, irq: 1, eip: 0x9004 });
        }),
      ).find((fact) => fact.key.startsWith('IRQ 1'))?.value;
    expect(keys(2)).not.toBe(keys(3));
  });

  test('a wait in vain is told of', () => {
    const act = (run: SyntheticRun) => run.event({ kind: 'step', text: 'waited for 20 ticks in vain' });
    expect(texts('traps', act)).toContain('the scenario waited for 20 ticks in vain');
  });

  test('the same port write again is the same fact, per chip', () => {
    const write = (run: SyntheticRun, port: number, value: number) =>
      run.event({ kind: 'port-write', port, size: 1, value, eip: 0x9004 });
    const found = texts('ports', (run) => {
      for (let i = 0; i < 5; i++) {
        write(run, 0x20, 0x20);
        write(run, 0x3d4, 0x0e + (i % 2));
      }
    });
    expect(found.filter((text) => text.includes('master PIC'))).toEqual(['write of 0x20 to port 0x20 (master PIC)']);
    expect(found.filter((text) => text.includes('CRTC'))).toHaveLength(5);
  });

  test('how often a boot loader asks a drive for sectors goes by the size of the kernel, and is not told of', () => {
    const found = texts('ports', (run) => {
      for (const port of [0x1f3, 0x92]) run.event({ kind: 'port-write', port, size: 1, value: 2, eip: 0x7c00 });
      for (const eip of [0x9004, 0x7c00])
        run.event({ kind: 'port-write', port: 0x1f3, size: 1, value: eip & 0xff, eip });
    });
    expect(found).toEqual([
      'write of 0x02 to port 0x92 (system control port A)',
      'write of 0x04 to port 0x1f3 (primary IDE)',
      'write of 0x00 to port 0x1f3 (primary IDE)',
    ]);
  });

  test('the registers of one chip are one sequence, and a port of no chip is called by its number', () => {
    const run = runOf((each) => {
      for (const port of [0x1f7, 0x3f6, 0x5f7])
        each.event({ kind: 'port-write', port, size: 1, value: 8, eip: 0x9004 });
    });
    expect(facts('ports', run).map(({ track, text }) => `${track}: ${text}`)).toEqual([
      'primary IDE: write of 0x08 to port 0x1f7 (primary IDE)',
      'primary IDE: write of 0x08 to port 0x3f6 (primary IDE)',
      'port 0x5f7: write of 0x08 to port 0x5f7',
    ]);
  });

  test('serial bytes are lines, and their port writes are not told of twice', () => {
    const say = (run: SyntheticRun) => {
      for (const byte of [72, 105, 10, 33]) run.event({ kind: 'serial-out', port: 0, byte });
      run.event({ kind: 'debug-out', byte: 65 });
    };
    expect(texts('serial', say)).toEqual(['COM1 says "Hi"', 'COM1 says "!"', 'debug console says "A"']);
  });
});

describe('call chains', () => {
  test('callers are known from the return addresses that CALL stores', () => {
    const view = runOf((run) => {
      run.load(0x9020, [0xe8, 0xdb, 0xff, 0xff, 0xff]); // caller: call work
      run.storeAt(0x9020, 0x8ffc, 0x9025);
      run.store('work', 0xa000, 1);
    });
    expect(facts('memory', view).find((fact) => fact.track === 'total')?.at).toMatchObject({
      function: 'work',
      callers: ['caller'],
    });
  });

  test('a function that has returned is no caller', () => {
    const view = runOf((run) => {
      run.load(0x9020, [0xe8, 0xdb, 0xff, 0xff, 0xff]);
      run.storeAt(0x9020, 0x8ffc, 0x9025);
      run.store('other.isra.0', 0xa000, 1);
    });
    expect(facts('memory', view).find((fact) => fact.track === 'total')?.at).toMatchObject({
      function: 'other',
      callers: [],
    });
  });
});
