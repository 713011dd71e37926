import type { TraceEvent } from '../../traces/index.ts';

const REGISTERS = {
  ...{ eax: 1, ecx: 2, edx: 3, ebx: 4, esp: 5, ebp: 6, esi: 7, edi: 8, eip: 0xffff_fff0, eflags: 0x202 },
  ...{ es: 16, cs: 8, ss: 16, ds: 16, fs: 0, gs: 0, cr0: 0x8000_0011, cr2: 9, cr3: 0x1000, cr4: 10 },
};
const REGISTER_ROW = [1, 2, 3, 4, 5, 6, 7, 8, 0xffff_fff0, 0x202, 16, 8, 16, 16, 0, 0, 0x8000_0011, 9, 0x1000, 10];
const SCREEN = { columns: 2, rows: 1, characters: new Uint8Array([0x4f, 0x4b]), attributes: new Uint8Array([7, 0x1f]) };
const NO_CELLS = { columns: 0, rows: 0, characters: new Uint8Array(0), attributes: new Uint8Array(0) };
const DOT = { width: 1, height: 1, rgb: new Uint8Array([0xff, 0x80, 0]) };
const CURSOR = { cell: 1, startLine: 14, endLine: 15 };

type Unplaced<E> = E extends TraceEvent ? Omit<E, 'icount' | 'writes'> : never;

/** Events of every kind, action and reason, and what stands in the trace after their icount and writes. */
export const EXAMPLES: readonly (readonly [event: Unplaced<TraceEvent>, row: readonly unknown[]])[] = [
  [{ kind: 'control', register: 'cr3', value: 0x1000, eip: 7 }, [0, 1, 0x1000, 7]],
  [{ kind: 'invlpg', linear: 0xc000_0000, eip: 7 }, [1, 0xc000_0000, 7]],
  [{ kind: 'exception', vector: 14, eip: 7, errorCode: 2, faultLinear: 0xdead_beef }, [2, 14, 7, 2, 0xdead_beef]],
  [{ kind: 'exception', vector: 6, eip: 7 }, [2, 6, 7, null, null]],
  [{ kind: 'interrupt', vector: 32, eip: 7, irq: 0 }, [3, 32, 7, 0]],
  [{ kind: 'interrupt', vector: 128, eip: 7 }, [3, 128, 7, null]],
  [
    { kind: 'probe-call', probe: 'kalloc', call: 2 ** 40, args: [64, 1], esp: 8, ebp: 16, callers: [0x1234] },
    [4, 'kalloc', 2 ** 40, [64, 1], 8, 16, [0x1234]],
  ],
  [{ kind: 'probe-return', probe: 'kalloc', call: 2 ** 40, result: 0x10_0000 }, [5, 'kalloc', 2 ** 40, 0x10_0000]],
  [{ kind: 'port-write', port: 0x3d4, size: 2, value: 0xe0f, eip: 7 }, [6, 0x3d4, 2, 0xe0f, 7]],
  [{ kind: 'serial-out', port: 1, byte: 65 }, [7, 1, 65]],
  [{ kind: 'debug-out', byte: 66 }, [8, 66]],
  [{ kind: 'unhandled', what: 'read of port 0x1f7', eip: 7 }, [9, 'read of port 0x1f7', 7]],
  [{ kind: 'input', action: { kind: 'scancodes', bytes: new Uint8Array([0x1e]) } }, [10, [0, { hex: '1e' }]]],
  [{ kind: 'input', action: { kind: 'serial-in', port: 1, bytes: new Uint8Array([2]) } }, [10, [1, 1, { hex: '02' }]]],
  [{ kind: 'input', action: { kind: 'memory', linear: 9, bytes: new Uint8Array([3]) } }, [10, [2, 9, { hex: '03' }]]],
  [
    { kind: 'input', action: { kind: 'registers', values: { ecx: 5, cr4: 6 } } },
    [10, [3, [null, 5, ...new Array(17).fill(null), 6]]],
  ],
  [{ kind: 'input', action: { kind: 'irq', line: 14 } }, [10, [4, 14]]],
  [{ kind: 'input', action: { kind: 'hold-interrupts', isHeld: true } }, [10, [5, 1]]],
  [{ kind: 'input', action: { kind: 'hold-interrupts', isHeld: false } }, [10, [5, 0]]],
  [{ kind: 'input', action: { kind: 'mouse', dx: -3, dy: 4, wheel: 0, buttons: 1 } }, [10, [6, 0xffff_fffd, 4, 0, 1]]],
  [{ kind: 'screen', name: 'prompt', screen: SCREEN }, [11, 'prompt', [2, 1, { hex: '4f4b' }, { hex: '071f' }, null]]],
  [
    { kind: 'screen', name: 'prompt', screen: { ...SCREEN, cursor: CURSOR } },
    [11, 'prompt', [2, 1, { hex: '4f4b' }, { hex: '071f' }, [1, 14, 15]]],
  ],
  [
    { kind: 'screen', name: 'dot', screen: { ...NO_CELLS, picture: DOT } },
    [11, 'dot', [0, 0, { hex: '' }, { hex: '' }, null, [1, 1, { hex: 'ff8000' }]]],
  ],
  [{ kind: 'step', text: 'types "ls" — Grüße' }, [12, 'types "ls" — Grüße']],
  [{ kind: 'checkpoint', name: 'booted', state: 'ab12', chain: 'cd34' }, [13, 'booted', 'ab12', 'cd34']],
  [{ kind: 'stop', reason: { kind: 'deadline' }, registers: REGISTERS }, [14, [0], REGISTER_ROW]],
  [
    { kind: 'stop', reason: { kind: 'instruction-limit', limit: 2 ** 33 }, registers: REGISTERS },
    [14, [1, 2 ** 33], REGISTER_ROW],
  ],
  [{ kind: 'stop', reason: { kind: 'halted' }, registers: REGISTERS }, [14, [2], REGISTER_ROW]],
  [
    { kind: 'stop', reason: { kind: 'triple-fault', vectors: [13, 8] }, registers: REGISTERS },
    [14, [3, [13, 8]], REGISTER_ROW],
  ],
  [{ kind: 'stop', reason: { kind: 'exit-port', value: 3 }, registers: REGISTERS }, [14, [4, 3], REGISTER_ROW]],
  [
    { kind: 'stop', reason: { kind: 'reset', by: 'port 92h' }, registers: REGISTERS },
    [14, [5, 'port 92h'], REGISTER_ROW],
  ],
  [{ kind: 'stop', reason: { kind: 'unhandled', what: 'FPU' }, registers: REGISTERS }, [14, [6, 'FPU'], REGISTER_ROW]],
  [
    { kind: 'stale-translation', access: 'write', linear: 0xc000_0004, physical: 0x1004, walked: 0x2004, eip: 7 },
    [15, 1, 0xc000_0004, 0x1004, 0x2004, 7],
  ],
  [
    { kind: 'stale-translation', access: 'read', linear: 0xc000_0004, physical: 0x1004, eip: 7 },
    [15, 0, 0xc000_0004, 0x1004, null, 7],
  ],
  [
    {
      kind: 'context-changed',
      eip: 5,
      resumedEip: 0x9000,
      changes: [{ register: 'ebx', saved: 1, restored: 0xffff_ffff }],
    },
    [16, 5, 0x9000, [[3, 1, 0xffff_ffff]]],
  ],
];

/** The examples at places beyond 2^32, each 2,000 writes after the one before. */
export const exampleEvents = EXAMPLES.map(
  ([event], number) => ({ ...event, icount: 2 ** 33 + number, writes: number * 2000 }) as TraceEvent,
);
