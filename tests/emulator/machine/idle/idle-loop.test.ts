import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as S from '../../../../emulator/cpu/state.ts';
import { type EngineName, Machine, type MachineSpec } from '../../../../emulator/index.ts';
import { IdleLoop } from '../../../../emulator/machine/idle/idle-loop.ts';
import { WatchTable } from '../../../../emulator/machine/watch-table.ts';
import type { TraceEvent } from '../../../../traces/index.ts';
import { Guest } from '../../cpu/guest.ts';
import { loopDisk } from '../random-loops.ts';
import { bootSector, type PlannedInput, record, SMALL } from '../recording.ts';

const IDLE: Partial<MachineSpec> = { ...SMALL, clock: 'idle' };
const CLI = 0xfa;
const JUMP_TO_SELF = [0xeb, 0xfe];
/** IRQ 0 at its slowest: one clock of the PIT is one instruction here. */
const PERIOD = 65536;

interface Tick {
  readonly icount: number;
  readonly eip: number;
}

function ticksOf(code: readonly number[], instructions: number, spec: Partial<MachineSpec> = IDLE): readonly Tick[] {
  const ticks: Tick[] = [];
  const onEvent = (event: TraceEvent): void => {
    if (event.kind === 'interrupt' && event.irq === 0) ticks.push({ icount: event.icount, eip: event.eip });
  };
  record('forms', { spec, disk: bootSector(code), instructions, onEvent });
  return ticks;
}

/** Runs `code` for a while with interrupts off: does the guest count as idle in the end? */
function isIdleIn(code: readonly number[], engine: EngineName = 'forms'): boolean {
  const machine = new Machine(IDLE, { disk: bootSector([CLI, ...code]) }, { engine });
  machine.run({ until: 30_000 });
  return machine.isIdle;
}

describe('a guest is idle', () => {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['in a jump to itself', JUMP_TO_SELF],
    ['in a loop of several instructions', [0x90, 0x90, 0x40, 0x48, 0xeb, 0xfa]],
    ['while a byte of memory has a value', [0x80, 0x3e, 0x00, 0x06, 0x00, 0x74, 0xf9]], // cmp byte [600h], 0; je
    ['while the keyboard controller has nothing', [0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa]], // in al, 64h; test al, 1; jz
    ['while port 60h shows the byte that was there before', [0xe4, 0x60, 0x3c, 0xfa, 0x74, 0xfa]], // cmp al, 0FAh; jz
    ['while COM1 has received nothing', [0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb]],
    ['while no request waits at the 8259', [0xe4, 0x20, 0x24, 0x02, 0x74, 0xfa]], // in al, 20h; and al, 2; jz
    ['in a loop that calls and pushes', [0xe8, 0x02, 0x00, 0xeb, 0xfb, 0x50, 0x58, 0xc3]],
    ['in a loop whose inner loop counts', [0xb9, 0x28, 0x00, 0xe2, 0xfe, 0xeb, 0xf9]], // mov cx, 40; loop $; jmp
    ['in a loop that stores what is there', [0xc6, 0x06, 0x00, 0x06, 0x07, 0xeb, 0xf9]], // mov byte [600h], 7
    ['in a loop that counts up and down in memory', [0xff, 0x06, 0x00, 0x06, 0xff, 0x0e, 0x00, 0x06, 0xeb, 0xf6]],
  ];
  test.each(rows)('%s', (_name, code) => {
    expect(isIdleIn(code)).toBe(true);
    expect(isIdleIn(code, 'oracle')).toBe(true);
  });
});

test('a loop that calls one function many times a round is found, though most of its places are reached as often', () => {
  const [calls, padding] = [12, 8];
  const call = (i: number) => [0xe8, 3 * (calls - i), 0];
  const round = [...Array.from({ length: calls }, (_, i) => call(i)).flat(), 0xe9, -3 * calls - 3, 0xff];
  const code = [CLI, ...round, ...new Array<number>(padding).fill(0x90), 0xc3];
  const machine = new Machine(IDLE, { disk: bootSector(code) }, { engine: 'forms' });
  machine.run({ until: 400_000 });
  expect(machine.isIdle).toBe(true);
});

/** Counts to some 700,000 instructions, then waits for a byte of memory to change. */
const WORK_THEN_WAIT = [
  0x66, 0xb9, 0xd0, 0x57, 0x05, 0x00, 0x66, 0x49, 0x75, 0xfc, 0x80, 0x3e, 0x00, 0x06, 0x00, 0x74, 0xf9,
];

test('a guest that has worked for long is found idle before a drive would answer, from a snapshot at the same instruction', () => {
  const machine = new Machine(IDLE, { disk: bootSector([CLI, ...WORK_THEN_WAIT]) }, { engine: 'blocks' });
  machine.run({ until: 650_000 });
  const snapshot = machine.snapshot();
  expect(snapshot.idle).toMatchObject({ kind: 'working' });
  const found = [1, 2].map(() => {
    machine.restore(snapshot);
    machine.run({ until: 800_000, stopWhenIdle: true });
    return [machine.isIdle, machine.icount];
  });
  expect(found[0]).toEqual([true, expect.any(Number)]);
  expect(found[0][1]).toBeLessThan(750_000);
  expect(found[1]).toEqual(found[0]);
});

test('a loop that works on is under watch for a tenth of the time at most, since what is watched is interpreted', () => {
  const { cpu } = Guest.protected();
  const watch = new WatchTable();
  const loop = new IdleLoop(cpu, watch, cpu.pins.writeLog);
  const [end, round] = [2_000_000, 40];
  let watched = 0;
  while (cpu.f[S.F_ICOUNT] < end) {
    loop.prepare();
    loop.reach(cpu.pc); // once a round
    if (watch.has(cpu.pc) && cpu.f[S.F_ICOUNT] > end / 2) watched += round;
    cpu.s[S.EAX]++;
    cpu.f[S.F_ICOUNT] += round;
  }
  expect(watched).toBeLessThan(end / 2 / 10);
});

describe('a guest is not idle', () => {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['while it counts in a register', [0x66, 0x40, 0xeb, 0xfc]], // inc eax
    ['while it counts in memory', [0x66, 0xff, 0x06, 0x00, 0x06, 0xeb, 0xf9]], // inc dword [600h]
    ['while it writes to a port', [0xe6, 0x80, 0xeb, 0xfc]],
    ['while it waits for the refresh toggle', [0xe4, 0x61, 0xeb, 0xfc]],
    ['while it waits for the retrace', [0xba, 0xda, 0x03, 0xec, 0xeb, 0xfd]],
    ['while it asks the PIT for its counter', [0xe4, 0x40, 0xeb, 0xfc]],
    ['while it waits for the CMOS clock to update', [0xb0, 0x0a, 0xe6, 0x70, 0xe4, 0x71, 0xeb, 0xfc]],
    ['while it calls a BIOS service', [0xb4, 0x01, 0xcd, 0x16, 0xeb, 0xfa]],
  ];
  test.each(rows)('%s', (_name, code) => {
    expect(isIdleIn(code)).toBe(false);
    expect(isIdleIn(code, 'oracle')).toBe(false);
  });
});

test('a guest that waits for a disk is not left waiting where a run goes on until it is idle', () => {
  const idleAt = (command: readonly number[]) => {
    const machine = new Machine(IDLE, { disk: bootSector([CLI, ...command, ...JUMP_TO_SELF]) }, { engine: 'forms' });
    expect(machine.run({ until: 10_000, stopWhenIdle: true })).toEqual({ kind: 'idle' });
    return machine.icount;
  };
  const one = [0xba, 0xf2, 0x01, 0xb0, 0x01, 0xee]; // sector
  const select = [...one, 0x42, 0xb0, 0x00, 0xee, 0xb0, 0xe0, 0xba, 0xf6, 0x01, 0xee]; // LBA 0 of the master
  const [readSector, nothing] = [0x20, 0x00].map((code) => [...select, 0xb0, code, 0x42, code === 0 ? 0x90 : 0xee]);
  expect(idleAt(readSector) - idleAt(nothing)).toBeGreaterThanOrEqual(128); // clocks until the sector is there
});

describe('the idle clock', () => {
  test('a tick comes one period of rest after the other, at the first instruction of the loop, whatever the work took', () => {
    const wait = [0x90, 0x90, 0xeb, 0xfc]; // nop; nop; jmp
    for (const count of [10, 5_000, 60_000]) {
      const work = [0xb9, count & 0xff, count >> 8, 0xe2, 0xfe]; // mov cx, count; loop $
      const ticks = ticksOf([...work, ...wait], 400_000);
      const [first, second] = ticks;
      expect(ticks.map(({ eip }) => eip)).toEqual(ticks.map(() => 0x7c05));
      expect(first.icount - count - PERIOD).toBeGreaterThanOrEqual(0);
      expect(first.icount - count - PERIOD).toBeLessThan(5_000); // until the loop was noticed
      expect(second.icount - first.icount - PERIOD).toBeLessThan(2_000); // the handler, and the loop's proof
    }
  });

  test('a halted guest is woken in the same way', () => {
    const ticks = ticksOf([0xf4, 0xeb, 0xfd], 300_000);
    expect(ticks.map(({ eip }) => eip)).toEqual(ticks.map(() => 0x7c01));
    expect(ticks[0].icount).toBe(PERIOD + 1); // the HLT itself
  });

  test('a guest that never rests gets its tick by the busy limit', () => {
    const busyLimit = 10_000;
    const ticks = ticksOf([0x66, 0x40, 0xeb, 0xfc], 45_000, { ...IDLE, busyLimit });
    expect(ticks.map(({ icount }) => icount)).toEqual([10_000, 20_000, 30_000, 40_000]);
  });

  test('at a pace, a tick comes once the guest has worked as long as it takes, accesses to ports included', () => {
    const fastTimer = [0xb0, 0x34, 0xe6, 0x43, 0xb0, 0x00, 0xe6, 0x40, 0xb0, 0x10, 0xe6, 0x40]; // mode 2, 1000h clocks
    const pace = { ...IDLE, busyLimit: 20_000, workPerPitClock: 4 };
    const gapsOf = (loop: readonly number[]) => {
      const ticks = ticksOf([...fastTimer, ...loop], 200_000, pace).map(({ icount }) => icount);
      return ticks.slice(2).map((icount, index) => icount - ticks[index + 1]);
    };
    const [counting, writing] = [gapsOf([0x66, 0x40, 0xeb, 0xfc]), gapsOf([0xe6, 0x80, 0xeb, 0xfc])]; // inc eax; out 80h, al
    expect(counting.length).toBeGreaterThan(5);
    for (const gap of counting) expect(Math.abs(gap - 4096 * 4)).toBeLessThan(200); // the BIOS's handler uses ports
    for (const gap of writing) expect(Math.abs(gap - (4096 * 4) / 3)).toBeLessThan(200); // 2 instructions count as 6
  });

  test('loops that look at the time end, by the port that they look at alone', () => {
    const exit = [0xb0, 0x2a, 0xe6, 0xf4];
    const spec = { ...IDLE, busyLimit: 100_000_000 };
    const waits = [
      [0xe4, 0x61, 0xa8, 0x10, 0x74, 0xfa], // the refresh toggle goes high
      [0xba, 0xda, 0x03, 0xec, 0xa8, 0x08, 0x74, 0xfb], // vertical retrace begins
      [0xb0, 0x0a, 0xe6, 0x70, 0xe4, 0x71, 0xa8, 0x80, 0x74, 0xfa], // the CMOS clock updates
      [0xe6, 0x43, 0xe4, 0x40, 0xe4, 0x40, 0x3c, 0x80, 0x77, 0xf6], // counter 0, latched, is below 8000h
      [0xb4, 0x86, 0xb9, 0x01, 0x00, 0x31, 0xd2, 0xcd, 0x15], // int 15h/86h: 65,536 microseconds
    ];
    for (const wait of waits) {
      const { stopped } = record('forms', {
        spec,
        disk: bootSector([CLI, ...wait, ...exit]),
        instructions: 20_000_000,
      });
      expect(stopped).toEqual({ kind: 'exit-port', value: 0x2a });
    }
  });

  test('a driver that looks two thousand times whether the mouse has answered gets the answer', () => {
    const send = [0xb0, 0xd4, 0xe6, 0x64, 0xb0, 0xf4, 0xe6, 0x60]; // D4h, F4h: data reporting on
    const wait = [0xb9, 0xd0, 0x07, 0xe4, 0x64, 0xa8, 0x01, 0xe1, 0xfa]; // cx = 2000; in al, 64h; test al, 1; loopz
    const waitAtData = [0xb9, 0xd0, 0x07, 0xe4, 0x60, 0x3c, 0xfa, 0xe0, 0xfa]; // in al, 60h; cmp al, FAh; loopnz
    for (const look of [wait, waitAtData]) {
      const disk = bootSector([CLI, ...send, ...look, 0xe4, 0x60, 0xe6, 0xf4]);
      const { stopped } = record('forms', { spec: IDLE, disk, instructions: 100_000 });
      expect(stopped).toEqual({ kind: 'exit-port', value: 0xfa });
    }
  });

  test('a driver that counts to 100,000 while its disk reads gets the interrupt', () => {
    const handler = [0x0e, 0x1f, 0xb0, 0x2a, 0xe6, 0xf4]; // the exit port: what int 76h does at 0:600h
    const put = handler.flatMap((byte, i) => [0xc6, 0x06, i, 0x06, byte]); // mov byte [600h + i], byte
    const vector = [0xc7, 0x06, 0xd8, 0x01, 0x00, 0x06, 0xc7, 0x06, 0xda, 0x01, 0x00, 0x00]; // [1D8h] = 0:600h
    const masks = [0xb0, 0xfb, 0xe6, 0x21, 0xb0, 0xbf, 0xe6, 0xa1]; // IRQ 2 and 14 alone
    const command = [0xba, 0xf7, 0x01, 0xb0, 0x20, 0xee, 0xfb]; // READ SECTORS; sti
    const count = [0x66, 0xb9, 0xa0, 0x86, 0x01, 0x00, 0x66, 0x49, 0x75, 0xfc, 0xfa, 0xf4]; // ecx = 100,000; dec; jnz
    const disk = bootSector([CLI, 0x31, 0xc0, 0x8e, 0xd8, ...put, ...vector, ...masks, ...command, ...count]);
    const { stopped } = record('forms', { spec: IDLE, disk, instructions: 400_000 });
    expect(stopped).toEqual({ kind: 'exit-port', value: 0x2a });
  });

  test('a key reaches a guest that polls for it', () => {
    const poll = [CLI, 0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa, 0xe4, 0x60, 0xe6, 0xf4]; // the byte goes to the exit port
    const inputs = [{ icount: 20_000, action: { kind: 'scancodes' as const, bytes: Uint8Array.of(0x1e) } }];
    const { stopped, icount } = record('forms', { spec: IDLE, disk: bootSector(poll), inputs, instructions: 100_000 });
    expect(stopped).toEqual({ kind: 'exit-port', value: 0x1e });
    expect(icount).toBeLessThan(24_000); // a thousand clocks on its way, one for each look
  });

  test('memory that an input changes ends a loop that rests', () => {
    const wait = [CLI, 0x80, 0x3e, 0x00, 0x06, 0x00, 0x74, 0xf9, 0xe6, 0xf4];
    const action = { kind: 'memory' as const, linear: 0x600, bytes: Uint8Array.of(1) };
    const plan = { spec: IDLE, disk: bootSector(wait), inputs: [{ icount: 20_000, action }], instructions: 100_000 };
    expect(record('forms', plan)).toMatchObject({ stopped: { kind: 'exit-port' }, icount: 20_003 });
  });

  test('with the clock instructions, ticks come by the instruction count alone', () => {
    const ticks = ticksOf([0x90, 0x90, 0xeb, 0xfc], 300_000, SMALL);
    expect(ticks.map(({ icount }) => icount)).toEqual([1, 2, 3, 4].map((period) => period * PERIOD + 1));
  });
});

const LONG_ENOUGH = 300_000;

describe('random loops', () => {
  test('a loop that would end by itself ends at the same instruction, with the same state: none is taken for idle', () => {
    let [ended, rested] = [0, 0];
    const outcome = (disk: Uint8Array, spec: Partial<MachineSpec>) => {
      const machine = new Machine(spec, { disk }, { engine: 'forms' });
      machine.run({ until: LONG_ENOUGH });
      const { icount, stopped } = machine;
      return {
        machine,
        memory: machine.readPhysical(0, 0x8000),
        seen: { icount, stopped, registers: machine.registers() },
      };
    };
    fc.assert(
      fc.property(loopDisk([CLI]), (disk) => {
        const plain = outcome(disk, SMALL);
        const idle = outcome(disk, { ...IDLE, busyLimit: 2 * LONG_ENOUGH });
        if (plain.seen.stopped !== undefined) {
          expect(idle.seen).toEqual(plain.seen);
          expect(Buffer.compare(idle.memory, plain.memory)).toBe(0);
          ended++;
        } else {
          expect(idle.seen.stopped).toBeUndefined();
          if (idle.machine.isIdle) rested++;
        }
      }),
      { numRuns: 70 },
    );
    expect(ended, 'programs that ended').toBeGreaterThan(0);
    expect(rested, 'programs that came to rest').toBeGreaterThan(0);
  });

  // What is idle is woken by a fast timer and by keys; its handlers are the BIOS's.
  const fastTimer = [0xb0, 0x34, 0xe6, 0x43, 0xb0, 0x00, 0xe6, 0x40, 0xb0, 0x10, 0xe6, 0x40]; // mode 2, 1000h clocks
  const disk = loopDisk([...fastTimer, 0x31, 0xc0]);
  const spec = { ...IDLE, busyLimit: 20_000 };
  const key = (icount: number): PlannedInput => ({
    icount,
    action: { kind: 'scancodes', bytes: Uint8Array.of(0x1e, 0x9e) },
  });
  const paces = fc.constantFrom({}, { workPerPitClock: 3 });
  const planOf = (image: Uint8Array, pace: Partial<MachineSpec>) => ({
    spec: { ...spec, ...pace },
    disk: image,
    instructions: 60_000,
    inputs: [key(9_000), key(30_001)],
  });

  test('are recorded with the same bytes by either engine', () => {
    fc.assert(
      fc.property(disk, paces, (image, pace) => {
        const [oracle, forms] = [record('oracle', planOf(image, pace)), record('forms', planOf(image, pace))];
        expect(forms.state).toBe(oracle.state);
        expect(Buffer.compare(forms.trace, oracle.trace)).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  test('are recorded with the same bytes in slices of any length', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(disk, lengths, paces, (image, slices, pace) => {
        const whole = record('forms', planOf(image, pace));
        let turn = 0;
        const sliced = record('forms', { ...planOf(image, pace), slices: () => slices[turn++ % slices.length] });
        expect(Buffer.compare(sliced.trace, whole.trace)).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  test('a snapshot stays as it is while a loop with an effect goes on', () => {
    const code = [CLI, 0xe6, 0x80, 0x66, 0x40, 0xeb, 0xfa]; // out 80h, al; inc eax
    const machine = new Machine(IDLE, { disk: bootSector(code) }, { engine: 'forms' });
    const until = Array.from({ length: 20 }, (_, round) => 500 + 4 * round); // a window begins after 512
    const snapshots = until.map((icount) => {
      machine.run({ until: icount });
      const snapshot = machine.snapshot();
      return { snapshot, saved: structuredClone(snapshot.idle) };
    });
    for (const { snapshot, saved } of snapshots) expect(snapshot.idle).toEqual(saved);
  });

  test('continue from a snapshot as if nothing had been', () => {
    fc.assert(
      fc.property(disk, fc.integer({ min: 1, max: 40_000 }), (image, at) => {
        const machine = new Machine(spec, { disk: image }, { engine: 'forms' });
        machine.run({ until: at });
        const snapshot = machine.snapshot();
        const saved = structuredClone(snapshot.idle);
        const ends = [1, 2].map(() => {
          machine.run({ until: 60_000 });
          const { state } = machine.checkpoint('end');
          machine.restore(snapshot);
          return state;
        });
        const other = new Machine(spec, { disk: image }, { engine: 'forms' });
        other.restore(snapshot);
        other.run({ until: 60_000 });
        expect(snapshot.idle).toEqual(saved);
        expect([...ends, other.checkpoint('end').state]).toEqual([ends[0], ends[0], ends[0]]);
      }),
      { numRuns: 15 },
    );
  });
});
